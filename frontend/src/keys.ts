// Keyboard shortcuts, declared in the page: data-key="a" on what they press, data-rows around a list
// walked with j and k. Single keys can be turned off (WCAG 2.1.4); the choice stays on this machine.
const STORE = "datlanh-keys";
const WAIT_MS = 900;

let pending = "";
let timer = 0;

const enabled = () => localStorage.getItem(STORE) !== "off";
const visible = (e: HTMLElement) => e.getClientRects().length > 0;

function typing(target: EventTarget | null): boolean {
  const field = (target as Element | null)?.closest?.("input, textarea, select, [contenteditable]");
  return !!field && !/^(checkbox|radio|button|submit)$/.test((field as HTMLInputElement).type ?? "");
}

function press(element: HTMLElement): void {
  if (element.matches("input:not([type=checkbox]), textarea, select")) {
    element.focus();
    if (element instanceof HTMLInputElement) element.select();
  } else element.click();
}

function walk(step: number): boolean {
  const list = [...document.querySelectorAll<HTMLElement>("[data-rows]")].find(visible);
  if (!list) return false;
  const rows = [...list.querySelectorAll<HTMLElement>("a[data-row], [data-row] a:first-of-type")].filter(visible);
  const now = rows.findIndex((r) => r === document.activeElement);
  const start = now >= 0 ? now : rows.findIndex((r) => r.hasAttribute("aria-current"));
  const next = rows[Math.min(Math.max(start + step, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return !!next;
}

function find(keys: string): { exact?: HTMLElement; begins: boolean } {
  const all = [...document.querySelectorAll<HTMLElement>("[data-key]")].filter((e) => visible(e) || e.dataset.keyHidden !== undefined);
  const scope = document.querySelector("dialog[open]");
  const reach = scope ? all.filter((e) => scope.contains(e)) : all;
  return { exact: reach.find((e) => e.dataset.key === keys), begins: reach.some((e) => e.dataset.key?.startsWith(`${keys} `)) };
}

function fillHelp(dialog: HTMLDialogElement): void {
  const list = dialog.querySelector<HTMLElement>("[data-key-list]");
  if (!list) return;
  list.querySelectorAll("[data-found]").forEach((e) => e.remove());
  const seen = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const keys = element.dataset.key ?? "";
    const clone = element.cloneNode(true) as HTMLElement;
    clone.querySelectorAll("kbd, .count, svg").forEach((e) => e.remove());
    const label = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? clone.textContent?.trim() ?? "";
    if (!label || seen.has(keys) || dialog.contains(element)) continue;
    seen.add(keys);
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    term.dataset.found = said.dataset.found = "";
    for (const key of keys.split(" ")) term.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
    said.textContent = label;
    list.append(term, said);
  }
}

// Ctrl+Enter sends what is being written, from inside the field.
function sends(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false;
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !field.form) return false;
  event.preventDefault();
  field.form.requestSubmit();
  return true;
}

function onKey(event: KeyboardEvent): void {
  if (sends(event)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !enabled()) return;
  if (event.key === "?") {
    const dialog = document.getElementById("keys");
    if (dialog instanceof HTMLDialogElement && !dialog.open) {
      fillHelp(dialog);
      dialog.showModal();
      event.preventDefault();
    }
    return;
  }
  if (event.key.length > 1) return;
  const keys = pending ? `${pending} ${event.key}` : event.key;
  pending = "";
  clearTimeout(timer);
  const { exact, begins } = find(keys);
  if (exact) {
    event.preventDefault();
    press(exact);
  } else if (begins) {
    pending = keys;
    timer = window.setTimeout(() => (pending = ""), WAIT_MS);
  } else if ((event.key === "j" && walk(1)) || (event.key === "k" && walk(-1))) event.preventDefault();
}

export function startKeys(): void {
  const show = () => document.documentElement.classList.toggle("keys-off", !enabled());
  show();
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-dialog=keys]")) return;
    const dialog = document.getElementById("keys");
    if (dialog instanceof HTMLDialogElement) fillHelp(dialog);
  });
  const box = document.querySelector<HTMLInputElement>("input[data-keys-enabled]");
  if (!box) return;
  box.checked = enabled();
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, "off");
    show();
  });
}
