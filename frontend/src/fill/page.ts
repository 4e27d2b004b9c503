// What both pages share: words in the page's language, notices, the theme.
import { cookie } from "./store";

export const language = document.documentElement.lang === "en" ? "en" : "vi";
export const home = `/fill/${language}/`;

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found;
}

/** A copy of the page's <template id=…>, with its slots filled. */
export function copyOf(id: string, slots: Record<string, string> = {}): DocumentFragment {
  const copy = (byId(id) as HTMLTemplateElement).content.cloneNode(true) as DocumentFragment;
  for (const [name, text] of Object.entries(slots)) {
    for (const slot of copy.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = text;
  }
  return copy;
}

/** A sentence of the page: {name} is put in. */
export function word(name: string, values: Record<string, string | number> = {}): string {
  const words = (byId("words") as HTMLTemplateElement).content;
  const text = words.querySelector(`[data-word="${name}"]`)?.textContent ?? name;
  return Object.entries(values).reduce((said, [key, value]) => said.replace(`{${key}}`, String(value)), text);
}

/** Show or take away a notice; each stands there once. */
export function notice(name: string, isShown: boolean, slots: Record<string, string> = {}): void {
  const place = byId("notices");
  place.querySelector(`[data-notice="${name}"]`)?.remove();
  if (!isShown) return;
  const copy = copyOf(`notice-${name}`, slots);
  copy.firstElementChild?.setAttribute("data-notice", name);
  place.append(copy);
}

export function useTheme(): void {
  const theme = cookie("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

export function useWorker(): void {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/fill/worker.js", { scope: "/fill/" }).catch(() => undefined);
}

const two = (n: number) => String(n).padStart(2, "0");
export function moment(at: number): string {
  const d = new Date(at);
  return `${two(d.getDate())}/${two(d.getMonth() + 1)}/${d.getFullYear()} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

export function bytes(n: number): string {
  const [amount, unit] = n < 1024 * 1024 ? [n / 1024, "kB"] : [n / 1024 / 1024, "MB"];
  return `${amount.toLocaleString(language, { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}

/** Pages of the app tell each other that the queue has changed. */
export const others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("datlanh-fill");
