// Mounts the maps of a page: <div data-map …> the register, <div data-report-map="script-id"> one report.
import { hasWebGL, sorry } from "./base";
import { registerMap } from "./register";
import { reportMap } from "./report";

declare global {
  interface Window { htmx: { ajax(verb: string, path: string, how: { target: Element; swap: string }): Promise<void> } }
}

function mount(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-map]:not([data-mounted]), [data-report-map]:not([data-mounted])")) {
    box.dataset.mounted = "";
    if (!hasWebGL()) { sorry(box); continue; }
    const start = box.dataset.reportMap === undefined ? registerMap : reportMap;
    start(box).catch((error: unknown) => { console.error(error); sorry(box); });
  }
}

mount();
document.addEventListener("htmx:afterSettle", mount);
