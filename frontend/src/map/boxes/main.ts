// Boxes entered on a map: choose a result, tap cells or draw over them; <form data-boxes data-boxes-map="script-id">.
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { tokens } from "../tokens";
import { between, cellAt, cellOf, idOf, lines, middleOf, ringOf } from "./grid";
import type { Cell, Place } from "./grid";

interface Ground { map: MapLibre; features: FeatureCollection }
export type Entered = [string, number]; // the key of a result, and items
type Entries = Map<string, Entered>;

const LISTED = 200;
const GRID = "td-grid"; // sources and layers named td-… live through a change of theme
const NEW = "td-boxes";
const MARKS = ["red", "yellow", "blue", "green"] as const;

export function startBoxes(form: HTMLFormElement, ground: Ground | null): void {
  const field = form.querySelector<HTMLInputElement>("[data-boxes-field]");
  const panel = form.querySelector<HTMLElement>("[data-boxes-panel]");
  if (!field || !panel) return;
  let entries: Entries = new Map(Object.entries(field.value ? (JSON.parse(field.value) as Record<string, Entered>) : {}));
  const back: Entries[] = [];
  const brush = () => panel.querySelector<HTMLInputElement>("input[name=brush]:checked") as HTMLInputElement;
  const marks = new Map([...panel.querySelectorAll<HTMLInputElement>("input[name=brush]")].map((b) => [b.value, b.dataset.mark ?? "grey"]));
  const positive = new Set([...panel.querySelectorAll<HTMLInputElement>("input[name=brush][data-role=positive]")].map((b) => b.value));
  const show = () => {
    field.value = entries.size ? JSON.stringify(Object.fromEntries([...entries].sort())) : "";
    if (ground) drawn(ground.map, entries, marks);
    listed(form, entries);
    const total = new Intl.NumberFormat(document.documentElement.lang || "vi").format(entries.size);
    (form.querySelector("[data-boxes-total]") as HTMLElement).textContent = total;
    (panel.querySelector("[data-boxes-count]") as HTMLOutputElement).value = entries.size ? total : "";
    form.querySelector("[data-boxes-send]")?.toggleAttribute("disabled", !entries.size);
    panel.querySelector("[data-boxes-do=undo]")?.toggleAttribute("disabled", !back.length);
  };
  const step = (change: (now: Entries) => void) => {
    back.push(new Map(entries));
    entries = new Map(entries);
    change(entries);
    show();
  };
  const put = (now: Entries, id: string) => {
    const result = brush().value;
    if (!result) { now.delete(id); return; }
    const before = now.get(id);
    // What was found counts at least once; the number is corrected in the list.
    now.delete(id);
    now.set(id, [result, positive.has(result) ? Math.max(before?.[1] ?? 0, 1) : 0]);
  };
  const undo = () => { const before = back.pop(); if (before) { entries = before; show(); } };

  table(form, ground, () => entries, step);
  form.querySelector("[data-boxes-do=add]")?.addEventListener("click", () => {
    const input = form.querySelector<HTMLInputElement>("[data-boxes-id]");
    const cell = cellOf(input?.value ?? "");
    if (!input) return;
    if (!cell) { input.reportValidity(); input.focus(); return; }
    step((now) => put(now, idOf(cell)));
    input.value = "";
    input.focus();
  });
  form.querySelector<HTMLInputElement>("[data-boxes-id]")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector<HTMLElement>("[data-boxes-do=add]")?.click();
  });
  panel.querySelector("[data-boxes-do=undo]")?.addEventListener("click", undo);
  if (ground) {
    const layers = prepared(ground.map);
    document.addEventListener("datlanh:theme", layers);
    painting(ground, form, panel, (cells) => step((now) => { for (const cell of cells) put(now, idOf(cell)); }), (cells) => {
      const now = new Map(entries);
      for (const cell of cells) put(now, idOf(cell));
      drawn(ground.map, now, marks);
    }, show);
  }
  show();
  form.dataset.boxesReady = "";
}

/** Pointer and keyboard on the canvas while boxes are entered. A second finger moves the map instead. */
function painting({ map, features }: Ground, form: HTMLElement, panel: HTMLElement, settle: (cells: Cell[]) => void, preview: (cells: Cell[]) => void, cancel: () => void): void {
  const canvas = map.getCanvas();
  const start = panel.querySelector<HTMLButtonElement>("[data-boxes-do=start]") as HTMLButtonElement;
  let stroke: Cell[] | null = null;
  let fingers = 0;
  const on = () => start.getAttribute("aria-pressed") === "true";
  const at = (event: PointerEvent): Cell => {
    const edge = canvas.getBoundingClientRect();
    const { lng, lat } = map.unproject([event.clientX - edge.x, event.clientY - edge.y]);
    return cellAt([lng, lat]);
  };
  const home = document.createComment("the tools, while they are on the map");
  start.hidden = false;
  start.addEventListener("click", () => {
    const now = !on();
    start.setAttribute("aria-pressed", String(now));
    canvas.classList.toggle("is-drawing", now);
    if (now) map.dragPan.disable(); else map.dragPan.enable();
    if (!home.isConnected) {
      panel.replaceWith(home);
      map.getContainer().parentElement?.append(panel);
      map.getContainer().scrollIntoView({ block: "nearest" });
      below(map, features, panel.offsetHeight);
    }
    start.focus({ preventScroll: true });
  });
  // Fields of the form stay the form's, wherever the panel stands.
  for (const input of panel.querySelectorAll("input")) input.setAttribute("form", (form.id ||= "boxes-form"));
  canvas.addEventListener("pointerdown", (event) => {
    fingers += 1;
    if (!on() || event.button > 0) return;
    if (fingers > 1) { stroke = null; cancel(); return; }
    stroke = [at(event)];
    preview(stroke);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke || !event.isPrimary) return;
    const last = stroke.at(-1);
    const here = at(event);
    if (!last || (last[0] === here[0] && last[1] === here[1])) return;
    stroke.push(...between(last, here).slice(1));
    preview(stroke);
  });
  const lifted = (event: PointerEvent) => {
    fingers = Math.max(0, fingers - 1);
    if (!stroke || !event.isPrimary) return;
    const cells = stroke;
    stroke = null;
    if (event.type === "pointercancel") cancel(); else settle(cells);
  };
  window.addEventListener("pointerup", lifted);
  window.addEventListener("pointercancel", lifted);
  // The crosshair of the keyboard: arrows move the map, Space enters the box under it.
  canvas.addEventListener("keydown", (event) => {
    if (!on() || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    const { lng, lat } = map.getCenter();
    settle([cellAt([lng, lat])]);
  });
}

/** Everything in view, below what lies over the top of the map. */
function below(map: MapLibre, { features }: FeatureCollection, above: number): void {
  const places = features.flatMap(({ geometry }) => (geometry.type === "Polygon" ? (geometry.coordinates[0] ?? []) : geometry.type === "Point" ? [geometry.coordinates] : []));
  const [xs, ys] = [places.map((p) => p[0] ?? 0), places.map((p) => p[1] ?? 0)];
  if (!places.length) return;
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
  map.fitBounds([least(xs), least(ys), most(xs), most(ys)], { padding: { top: above + 30, left: 30, right: 60, bottom: 40 }, maxZoom: Math.min(map.getZoom(), 17), animate: false });
}

/** The list beside the map: the keyboard's way, and the place for the number of items. */
function table(form: HTMLElement, ground: Ground | null, entries: () => Entries, step: (change: (now: Entries) => void) => void): void {
  const body = form.querySelector<HTMLElement>("[data-boxes-rows]");
  body?.addEventListener("change", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-box]");
    const id = row?.dataset.box ?? "";
    const result = row?.querySelector("select")?.value ?? "";
    const items = Math.min(10_000, Math.max(0, Math.floor(Number(row?.querySelector("input")?.value) || 0)));
    if (row && entries().has(id)) step((now) => now.set(id, [result, items]));
  });
  body?.addEventListener("click", (event) => {
    const what = (event.target as Element).closest<HTMLElement>("[data-box-do]")?.dataset.boxDo;
    const id = (event.target as Element).closest<HTMLElement>("tr[data-box]")?.dataset.box ?? "";
    const cell = cellOf(id);
    if (what === "drop") step((now) => now.delete(id));
    if (what === "show" && ground && cell) ground.map.easeTo({ center: middleOf(cell), zoom: Math.max(ground.map.getZoom(), 16), duration: 240 });
  });
}

function listed(form: HTMLElement, entries: Entries): void {
  const body = form.querySelector<HTMLElement>("[data-boxes-rows]");
  const blank = form.querySelector<HTMLTemplateElement>("[data-boxes-row]");
  if (!body || !blank) return;
  const newest = [...entries].slice(-LISTED).reverse();
  const had = document.activeElement?.closest<HTMLElement>("tr[data-box]");
  const [box, kind] = [had?.dataset.box, document.activeElement?.tagName];
  body.replaceChildren(...newest.map(([id, [result, items]]) => {
    const row = (blank.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    row.dataset.box = id;
    (row.querySelector("[data-box-do=show]") as HTMLElement).textContent = id;
    (row.querySelector("select") as HTMLSelectElement).value = result;
    (row.querySelector("input") as HTMLInputElement).value = String(items);
    return row;
  }));
  if (box && kind) body.querySelector<HTMLElement>(`tr[data-box="${CSS.escape(box)}"] ${kind.toLowerCase()}`)?.focus();
  form.querySelector("[data-boxes-more]")?.toggleAttribute("hidden", entries.size <= LISTED);
}

/** The grid in view, and the layers of what is entered; answers what sets their colours anew. */
function prepared(map: MapLibre): () => void {
  map.addSource(GRID, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addSource(NEW, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: GRID, type: "line", source: GRID, minzoom: 14, paint: { "line-width": 0.6, "line-opacity": 0.45 } });
  map.addLayer({ id: `${NEW}-fill`, type: "fill", source: NEW, paint: { "fill-opacity": 0.85 } });
  map.addLayer({ id: `${NEW}-line`, type: "line", source: NEW, paint: { "line-width": 2 } });
  map.addLayer({ id: `${NEW}-mark`, type: "symbol", source: NEW, minzoom: 14.5, layout: { "icon-image": ["concat", "box-", ["get", "mark"]], "icon-size": ["interpolate", ["linear"], ["zoom"], 15, 0.6, 17, 1], "icon-allow-overlap": true, "icon-ignore-placement": true } });
  const colours = () => {
    const t = tokens();
    map.setPaintProperty(GRID, "line-color", t.ink);
    map.setPaintProperty(`${NEW}-line`, "line-color", t.ink);
    map.setPaintProperty(`${NEW}-fill`, "fill-color", ["match", ["get", "mark"], ...MARKS.flatMap((m) => [m, t[`box-${m}`]]), t["box-grey"]] as never);
  };
  const grid = () => {
    const view = map.getBounds();
    const found = map.getZoom() < 14 ? [] : lines(view.getWest(), view.getSouth(), view.getEast(), view.getNorth());
    (map.getSource(GRID) as GeoJSONSource | undefined)?.setData({ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: found } });
  };
  map.on("moveend", grid);
  colours();
  grid();
  return colours;
}

function drawn(map: MapLibre, entries: Entries, marks: Map<string, string>): void {
  const features = [...entries].flatMap(([id, [result]]) => {
    const cell = cellOf(id);
    return cell ? [{ type: "Feature" as const, properties: { mark: marks.get(result) ?? "grey" }, geometry: { type: "Polygon" as const, coordinates: [ringOf(cell) as Place[]] } }] : [];
  });
  (map.getSource(NEW) as GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
}
