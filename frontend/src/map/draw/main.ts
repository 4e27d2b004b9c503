// Drawing on a page's map: <div data-draw="polygon|line" data-draw-map="script-id"> with a form field
// that takes the geometry. See docs/architecture.md. The server judges what comes; here it is only drawn.
import type { FeatureCollection } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { OnMap } from "./onmap";
import { Sketch } from "./sketch";
import type { Kind } from "./sketch";
import { targets } from "./snap";
import { Points } from "./table";

const ASK_AFTER_MS = 250;
const SNAPS = "register area cleared reduced cancelled remaining commune cut box";

interface Ground { map: MapLibre; features: FeatureCollection }

const busy = new WeakMap<MapLibre, () => void>(); // who has the map, and how it gives it back

export function startDrawing(box: HTMLElement, ground: Ground | null): void {
  const field = box.querySelector<HTMLInputElement | HTMLTextAreaElement>("[data-draw-field]");
  if (!field) return;
  const sketch = new Sketch(box.dataset.draw as Kind, field.value);
  let onmap: OnMap | null = null;
  const points = new Points(box, sketch, (spot) => onmap?.see(spot));
  const panel = box.querySelector<HTMLElement>("[data-draw-panel]") ?? box;
  const home = document.createComment("the tools, while they are on the map");
  const button = (what: string) => panel.querySelector<HTMLButtonElement>(`[data-draw-do=${what}]`);

  const leave = () => {
    onmap?.leave();
    onmap = null;
    if (ground) busy.delete(ground.map);
    button("start")?.setAttribute("aria-pressed", "false");
    if (home.isConnected) { home.replaceWith(panel); button("start")?.focus(); }
  };
  const enter = () => {
    if (!ground) return;
    busy.get(ground.map)?.();
    onmap = new OnMap(ground.map, sketch, targets(ground.features, (box.dataset.drawSnaps ?? SNAPS).split(" ")));
    busy.set(ground.map, leave);
    button("start")?.setAttribute("aria-pressed", "true");
    // The tools lie on the map while one draws: on a phone the page is elsewhere.
    panel.replaceWith(home);
    (ground.map.getContainer().parentElement ?? ground.map.getContainer()).append(panel);
    ground.map.getContainer().scrollIntoView({ block: "nearest" });
    onmap.fit(panel.offsetHeight);
    button("start")?.focus({ preventScroll: true });
  };
  const state = () => {
    button("undo")?.toggleAttribute("disabled", !sketch.canUndo);
    button("redo")?.toggleAttribute("disabled", !sketch.canRedo);
    button("reset")?.toggleAttribute("disabled", sketch.kind === "line" ? !sketch.parts.length : !sketch.isChanged);
    button("remove")?.toggleAttribute("disabled", !sketch.active);
    box.toggleAttribute("data-draw-changed", sketch.isChanged);
  };

  const ask = asker(box, panel, field);
  sketch.watch((settled) => {
    onmap?.show();
    points.show();
    sized(panel, sketch);
    state();
    if (!settled) return;
    field.value = sketch.text;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    ask();
  });
  sketch.whenChosen(() => { onmap?.show(); points.show(); state(); });
  panel.addEventListener("click", (event) => {
    const what = (event.target as Element).closest<HTMLElement>("[data-draw-do]")?.dataset.drawDo;
    if (what === "start") { if (onmap) leave(); else enter(); }
    if (what === "undo") sketch.undo();
    if (what === "redo") sketch.redo();
    if (what === "reset") sketch.reset();
    if (what === "remove" && sketch.active) sketch.remove(sketch.active);
  });
  const travelled = (event: KeyboardEvent) => {
    if ((event.target as Element).matches("input") || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) sketch.redo(); else sketch.undo();
  };
  box.addEventListener("keydown", travelled);
  panel.addEventListener("keydown", (event) => { if (!box.contains(panel)) travelled(event); });
  ground?.map.on("remove", () => { onmap = null; });

  field.hidden = true;
  box.querySelector<HTMLElement>("[data-draw-plain]")?.setAttribute("hidden", "");
  for (const part of box.querySelectorAll<HTMLElement>("[data-draw-tools], [data-draw-points]")) part.hidden = false;
  button("start")?.toggleAttribute("hidden", !ground);
  sized(panel, sketch);
  state();
  box.dataset.drawReady = "";
}

/** How large it is now: hectares of a ring, metres of a line, in the page's way of writing. */
function sized(panel: HTMLElement, sketch: Sketch): void {
  const out = panel.querySelector<HTMLOutputElement>("[data-draw-size]");
  if (!out) return;
  const say = (value: number, digits: number, unit: string) => `${new Intl.NumberFormat(document.documentElement.lang || "vi", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)}\u00a0${unit}`;
  const written = sketch.kind === "line" ? say(sketch.length_m, 0, "m") : say(sketch.area_m2 / 10_000, 2, "ha");
  out.value = sketch.shown.some((points) => points.length >= sketch.least) ? written : "";
}

/** Asks the server what it thinks of the drawing, once it rests; the newest question wins. */
function asker(box: HTMLElement, panel: HTMLElement, field: HTMLInputElement | HTMLTextAreaElement): () => void {
  const address = box.dataset.drawCheck;
  const says = panel.querySelector<HTMLElement>("[data-draw-says]");
  let timer = 0;
  let running: AbortController | null = null;
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return () => {
    if (!address || !says) return;
    clearTimeout(timer);
    running?.abort();
    says.setAttribute("aria-busy", "true");
    timer = window.setTimeout(() => {
      running = new AbortController();
      const body = new FormData();
      body.set("drawing", field.value);
      for (const [name, value] of new URLSearchParams(box.dataset.drawWith ?? "")) body.set(name, value);
      fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token }, signal: running.signal, credentials: "same-origin" })
        .then(async (answer) => {
          if (!answer.ok) throw new Error(String(answer.status));
          says.innerHTML = await answer.text();
          says.removeAttribute("aria-busy");
          box.dataset.drawChecked = field.value; // for tests: the answer is about this drawing
        })
        .catch((error: unknown) => {
          if (error instanceof DOMException && error.name === "AbortError") return;
          says.removeAttribute("aria-busy");
          const sorry = box.querySelector<HTMLTemplateElement>("[data-draw-unheard]");
          says.replaceChildren(...(sorry ? [sorry.content.cloneNode(true)] : []));
        });
    }, ASK_AFTER_MS);
  };
}
