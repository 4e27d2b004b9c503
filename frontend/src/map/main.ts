// Mounts the maps of a page: <div data-map …> the register, <div data-report-map="script-id"> one report,
// and what draws on one: <div data-draw data-draw-map="script-id">, <form data-boxes data-boxes-map="script-id">.
import { hasWebGL, sorry } from "./base";
import { registerMap } from "./register";
import { reportMap } from "./report";
import type { Ground } from "./report";

declare global {
  interface Window { htmx: { ajax(verb: string, path: string, how: { target: Element; swap: string }): Promise<void> } }
}

interface Part {
  startDrawing?(box: HTMLElement, ground: Ground | null): void;
  startBoxes?(box: HTMLElement, ground: Ground | null): void;
}

const grounds = new Map<string, Promise<Ground | null>>();

function mount(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-map]:not([data-mounted]), [data-report-map]:not([data-mounted])")) {
    box.dataset.mounted = "";
    const id = box.dataset.reportMap;
    const started = begun(box, id);
    if (id !== undefined) grounds.set(id, started);
  }
  for (const box of document.querySelectorAll<HTMLElement>("[data-draw]:not([data-mounted]), [data-boxes]:not([data-mounted])")) {
    box.dataset.mounted = "";
    drawing(box).catch((error: unknown) => console.error(error));
  }
}

async function begun(box: HTMLElement, id: string | undefined): Promise<Ground | null> {
  if (!hasWebGL()) { sorry(box); return null; }
  try {
    if (id !== undefined) return Object.assign(box, { drawn: await reportMap(box) }).drawn; // the element knows its map
    await registerMap(box);
  } catch (error) {
    console.error(error);
    sorry(box);
  }
  return null;
}

/** These parts are large, and few pages want them. Without a map their tables still work. */
async function drawing(box: HTMLElement): Promise<void> {
  const { drawScript, drawMap, boxesScript, boxesMap } = box.dataset;
  const [part, ground] = await Promise.all([
    import(new URL(drawScript ?? boxesScript ?? "", location.href).href) as Promise<Part>, grounds.get(drawMap ?? boxesMap ?? ""),
  ]);
  (part.startDrawing ?? part.startBoxes)?.(box, ground ?? null);
}

mount();
document.addEventListener("htmx:afterSettle", mount);
