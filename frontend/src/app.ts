// What every page needs: htmx, keys, theme, menus and dialogs. Pages work without it where they can.
import htmx from "htmx.org";
import { startDesk } from "./desk";
import { startKeys } from "./keys";
import { startTheme } from "./theme";

// No eval, no inline style: the pages run under a strict content security policy.
Object.assign(htmx.config, {
  allowEval: false, includeIndicatorStyles: false, selfRequestsOnly: true, historyCacheSize: 0, refreshOnHistoryMiss: true, scrollIntoViewOnBoost: false, attributesToSettle: ["class"],
  // What was swapped in works at once: with a pause, a quick key fell between the new page and its focus.
  defaultSettleDelay: 0,
  // A form that comes back with findings (422) is an answer to show, not an error.
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

document.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent).detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:beforeRequest", () => document.documentElement.classList.add("waiting"));
document.addEventListener("htmx:afterRequest", () => document.documentElement.classList.remove("waiting"));

// Errors say what failed and what is safe; the sentences come from the page's own template.
function say(kind: "response" | "offline"): void {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-say="${kind}"]`);
  const place = document.getElementById("messages");
  if (template && place) place.replaceChildren(template.content.cloneNode(true));
}
document.addEventListener("htmx:responseError", () => say("response"));
document.addEventListener("htmx:sendError", () => say("offline"));

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
  const opener = target.closest<HTMLElement>("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const closer = target.closest("[data-close]");
  if (closer) (closer.closest("dialog") ?? undefined)?.close();
  const dismissed = target.closest("[data-dismiss]");
  if (dismissed) dismissed.closest("li, .notice")?.remove();
  const fill = target.closest<HTMLElement>("[data-fill]");
  if (fill) signInAs(fill.dataset.fill ?? "", fill.dataset.fillPassword ?? "");
  if (target instanceof HTMLDialogElement) target.close(); // a click on the backdrop
  if (target.closest("[data-print]")) window.print();
  const copies = target.closest<HTMLElement>("[data-copy]");
  if (copies) void copy(copies);
});
// The button says that it copied for as long as one looks: a tick in place of its icon.
async function copy(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1600);
}
// The demonstration's sign-in page: one line of its list is enough.
function signInAs(name: string, password: string): void {
  const login = document.querySelector<HTMLInputElement>("input[name=login]");
  const secret = document.querySelector<HTMLInputElement>("input[name=password]");
  if (!login || !secret) return;
  login.value = name;
  secret.value = password;
  login.form?.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector<HTMLDetailsElement>("details.menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary")?.focus();
  }
});
document.addEventListener("change", (event) => {
  const field = event.target as HTMLElement;
  if (field.closest("[data-submits]")) field.closest("form")?.requestSubmit();
});
// A decision is sent once, even by an impatient double click.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
});

Object.assign(window, { htmx }); // the map asks for its cards with it
startTheme();
startKeys();
startDesk();
