// A map on the page: worker, fonts, ground, our own zoom buttons, the theme. Shared by all our maps.
import type { FeatureCollection } from "geojson";
import { Map as MapLibre, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { LayerSpecification, MapOptions, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { images } from "./patterns";
import { FONT, groundLayers, labelLayer } from "./styles";
import { tokens } from "./tokens";
import type { Tokens } from "./tokens";

export type Box = [number, number, number, number]; // west, south, east, north
export interface Sheet { map: MapLibre; restyle: () => void }
type Layers = (t: Tokens) => LayerSpecification[];

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const PREFIX = /^(Xã|Phường|Thị trấn|Đặc khu|Thành phố)\s+/u;
const SUFFIX = /\s+(Commune|Ward|Township|Special Zone)$/u;

export const english = () => document.documentElement.lang === "en";

export function hasWebGL(): boolean {
  try {
    return !!document.createElement("canvas").getContext("webgl2");
  } catch {
    return false;
  }
}

/** A page's own filters reach every address the map asks: what the address names itself wins. */
export function withQuery(address: string): string {
  const [path = "", own = ""] = address.split("?");
  const query = new URLSearchParams(location.search);
  for (const key of new Set(new URLSearchParams(own).keys())) query.delete(key);
  const all = [own, query.toString()].filter(Boolean).join("&");
  return new URL(path, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}") + (all ? `?${all}` : "");
}

export async function ground(address: string | undefined): Promise<FeatureCollection> {
  if (!address) return EMPTY;
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) return EMPTY;
  const data = (await answer.json()) as FeatureCollection;
  for (const { properties } of data.features) {
    if (properties?.name) properties.word = english() && properties.name_en ? String(properties.name_en).replace(SUFFIX, "") : String(properties.name).replace(PREFIX, "");
  }
  return data;
}

export function extent(data: FeatureCollection, wanted: (p: Record<string, unknown>) => boolean): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === "number") {
      const [x, y] = c as [number, number];
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
    } else c.forEach(walk);
  };
  for (const f of data.features) if (f.geometry && "coordinates" in f.geometry && wanted(f.properties ?? {})) walk(f.geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}

interface Wish {
  box: HTMLElement; // the element with the data attributes
  data: FeatureCollection; // the ground
  sources: Record<string, SourceSpecification>;
  layers: Layers; // above the ground, under its labels
  over?: Layers; // above everything
  options?: Partial<MapOptions>;
}

/** Build the map inside `box`; resolves when its style stands. */
export async function sheet({ box, data, sources, layers, over, options }: Wish): Promise<Sheet> {
  setWorkerUrl(box.dataset.worker ?? new URL("map-worker.js", import.meta.url).href);
  // Both subsets, before the first glyph: a glyph drawn too early stays in the fallback face.
  await document.fonts.load(`500 24px "${FONT[0]}"`, "aĐạ").catch(() => undefined);
  const known = data.features.some((f) => f.properties?.kind === "sea" || f.properties?.kind === "land");
  const style = (): StyleSpecification => {
    const t = tokens();
    return {
      version: 8, sources: { ground: { type: "geojson", data }, ...sources },
      layers: [...groundLayers(t, known), ...layers(t), labelLayer(t), ...(over?.(t) ?? [])],
    };
  };
  const canvas = box.querySelector<HTMLElement>(".map-canvas") ?? box;
  const map = new MapLibre({
    container: canvas, style: style(), attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
    maxPitch: 0, fadeDuration: 0, maxZoom: 20, localIdeographFontFamily: false,
    locale: { "Map.Title": box.dataset.label ?? "" }, ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const paint = (change: boolean) => {
    for (const [name, { data: image, pixelRatio }] of Object.entries(images(tokens()))) {
      // Not updateImage: it leaves a pattern's border pixels as they were, and they show as a grid.
      if (change && map.hasImage(name)) map.removeImage(name);
      if (!map.hasImage(name)) map.addImage(name, image, { pixelRatio });
    }
  };
  map.on("styleimagemissing", () => paint(false));
  await new Promise<void>((done) => map.once("style.load", () => { paint(false); done(); }));
  map.once("idle", () => { box.dataset.ready = ""; }); // everything is drawn: for tests and pictures
  buttons(box, map);
  if (options?.interactive !== false) map.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-right");
  const restyle = () => { paint(true); map.setStyle(style(), { diff: true, transformStyle: kept }); };
  document.addEventListener("datlanh:theme", restyle);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
  // Paper is always light: on the way to the printer the tokens have changed, and so must the drawing.
  matchMedia("print").addEventListener("change", () => { restyle(); map.resize(); map.redraw(); });
  return { map, restyle };
}

/** What is being drawn on the map (td-…) stays when its colours change. */
function kept(before: StyleSpecification | undefined, next: StyleSpecification): StyleSpecification {
  const sources = Object.entries(before?.sources ?? {}).filter(([name]) => name.startsWith("td-"));
  const own = (before?.layers ?? []).filter(({ id }) => id.startsWith("td-"));
  return { ...next, sources: { ...next.sources, ...Object.fromEntries(sources) }, layers: [...next.layers, ...own] };
}

function buttons(box: HTMLElement, map: MapLibre): void {
  box.addEventListener("click", (event) => {
    const what = (event.target as Element).closest<HTMLElement>("[data-zoom]")?.dataset.zoom;
    if (what === "in") map.zoomIn();
    if (what === "out") map.zoomOut();
  });
}

/** No WebGL, or a map that failed: one calm sentence and the way to the list. */
export function sorry(box: HTMLElement): void {
  box.classList.add("map-off");
  box.querySelector<HTMLElement>("[data-sorry]")?.removeAttribute("hidden");
}
