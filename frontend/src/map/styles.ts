// What the maps look like, from the tokens. Text is rasterised here from the page's own fonts: a style
// without `glyphs` needs no glyph server, and the fonts carry Vietnamese.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Tokens } from "./tokens";

export const FONT = ["Be Vietnam Pro"];
export const STATUSES = ["open", "ongoing", "suspended", "closed"] as const;

/** Below this zoom an area is a disc, above it its outline. */
export const NEAR = 10.5;
export const POINTS_FROM = 13;

const text = (t: Tokens) => ({ "text-color": t["map-label"], "text-halo-color": t["map-halo"], "text-halo-width": 1.6 });

export function groundLayers(t: Tokens, known: boolean): LayerSpecification[] {
  const is = (kind: string): ExpressionSpecification => ["==", ["get", "kind"], kind];
  return [
    { id: "background", type: "background", paint: { "background-color": known ? t["map-sea"] : t["map-foreign"] } },
    { id: "beyond", type: "fill", source: "ground", filter: is("land"), paint: { "fill-color": t["map-foreign"] } },
    { id: "sea", type: "fill", source: "ground", filter: is("sea"), paint: { "fill-color": t["map-sea"] } },
    { id: "province", type: "fill", source: "ground", filter: is("province"), paint: { "fill-color": t["map-land"] } },
    { id: "communes", type: "line", source: "ground", filter: is("commune"), paint: { "line-color": t["map-edge"], "line-width": 0.7 } },
    { id: "water", type: "line", source: "ground", filter: is("water"), paint: { "line-color": t["map-water"], "line-width": 1 } },
    {
      id: "border", type: "line", source: "ground", filter: is("province"),
      paint: { "line-color": t["map-border"], "line-width": 1.3, "line-dasharray": [7, 2, 1.5, 2] },
    },
  ];
}

export function labelLayer(t: Tokens): LayerSpecification {
  return {
    id: "labels", type: "symbol", source: "ground", filter: ["==", ["get", "kind"], "label"], minzoom: 8,
    layout: { "text-field": ["get", "word"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 8, 10, 9.5, 11, 13, 14], "text-max-width": 7, "text-padding": 6 },
    paint: text(t),
  };
}

const byStatus = (of: (status: string) => string): ExpressionSpecification =>
  ["match", ["get", "status"], ...STATUSES.flatMap((s) => [s, of(s)]), of("open")] as unknown as ExpressionSpecification;
const suspected: ExpressionSpecification = ["==", ["downcase", ["to-string", ["get", "kind"]]], "sha"];
const confirmed: ExpressionSpecification = ["!=", ["downcase", ["to-string", ["get", "kind"]]], "sha"];
const land: ExpressionSpecification = [
  "case",
  ["in", "cancel", ["downcase", ["to-string", ["get", "release_type"]]]], "fill-cancelled",
  ["in", "reduc", ["downcase", ["to-string", ["get", "release_type"]]]], "fill-reduced",
  "fill-cleared",
];
const side: ExpressionSpecification = ["sqrt", ["to-number", ["get", "area_m2"], 0]]; // metres
// What still has to be done lies above what is done.
const urgency: ExpressionSpecification = ["match", ["get", "status"], "closed", 0, "open", 1, "suspended", 2, 3];
const hovered = (on: number, off: number): ExpressionSpecification =>
  ["case", ["boolean", ["feature-state", "hover"], false], on, off];

/** The register: areas, land releases, points. `areas` and the others are layers of one tile source. */
export function registerLayers(t: Tokens): LayerSpecification[] {
  const from = (layer: string) => ({ source: "register", "source-layer": layer });
  return [
    { id: "areas-fill", type: "fill", ...from("areas"), minzoom: NEAR, filter: confirmed, layout: { "fill-sort-key": urgency }, paint: { "fill-pattern": byStatus((s) => `fill-${s}`), "fill-opacity": 0.92 } },
    { id: "areas-sha", type: "fill", ...from("areas"), minzoom: NEAR, filter: suspected, paint: { "fill-pattern": "fill-sha" } },
    { id: "releases-fill", type: "fill", ...from("releases"), minzoom: NEAR, paint: { "fill-pattern": land, "fill-opacity": 0.92 } },
    { id: "releases-line", type: "line", ...from("releases"), minzoom: NEAR, paint: { "line-color": t["map-halo"], "line-width": hovered(3, 1.4) } },
    { id: "areas-line", type: "line", ...from("areas"), minzoom: NEAR, filter: confirmed, paint: { "line-color": byStatus((s) => t[`${s}-text` as keyof Tokens]), "line-width": hovered(3.5, 1.6) } },
    { id: "areas-line-sha", type: "line", ...from("areas"), minzoom: NEAR, filter: suspected, paint: { "line-color": t["sha-edge"], "line-width": hovered(3.5, 1.6), "line-dasharray": [3, 2] } },
    {
      id: "discs", type: "symbol", ...from("area_points"), maxzoom: NEAR,
      layout: {
        "icon-image": ["case", suspected, "dot-sha", byStatus((s) => `dot-${s}`)],
        "icon-size": ["interpolate", ["linear"], ["zoom"],
          7, ["interpolate", ["linear"], side, 0, 0.14, 700, 0.26, 2500, 0.5],
          8.5, ["interpolate", ["linear"], side, 0, 0.2, 700, 0.42, 2500, 0.8],
          10, ["interpolate", ["linear"], side, 0, 0.3, 700, 0.7, 2500, 1.3]],
        "icon-allow-overlap": true, "icon-ignore-placement": true,
        "symbol-sort-key": urgency,
      },
    },
    {
      id: "points", type: "circle", ...from("points"), minzoom: POINTS_FROM,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], POINTS_FROM, hovered(4.5, 2.6), 17, hovered(7, 5)],
        "circle-color": "#ffffff", "circle-stroke-color": "#16211d", "circle-stroke-width": 1.4,
      },
    },
    {
      id: "area-names", type: "symbol", ...from("areas"), minzoom: 12.5,
      layout: { "text-field": ["get", "local_id"], "text-font": FONT, "text-size": 11, "text-padding": 4 }, paint: text(t),
    },
  ];
}

export function selectionLayers(t: Tokens): LayerSpecification[] {
  const line = (id: string, layer: string, colour: string, width: number): LayerSpecification => ({
    id, type: "line", source: "register", "source-layer": layer, filter: ["==", ["get", "id"], -1],
    layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": width },
  });
  return [
    line("chosen-areas-halo", "areas", t["map-halo"], 7), line("chosen-areas", "areas", t.ink, 3),
    line("chosen-releases-halo", "releases", t["map-halo"], 7), line("chosen-releases", "releases", t.ink, 3),
    ...(["area_points", "points"] as const).map((layer): LayerSpecification => ({
      id: `chosen-${layer}`, type: "circle", source: "register", "source-layer": layer, filter: ["==", ["get", "id"], -1],
      paint: { "circle-radius": 13, "circle-opacity": 0, "circle-stroke-color": t.ink, "circle-stroke-width": 3 },
    })),
  ];
}

/** One report, or one record, on its own: features told apart by `role`. */
export function reportLayers(t: Tokens): LayerSpecification[] {
  const is = (...roles: string[]): ExpressionSpecification => ["in", ["get", "role"], ["literal", roles]];
  const polygon: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
  const land = ["cleared", "reduced", "cancelled", "remaining"];
  return [
    { id: "r-commune", type: "line", source: "report", filter: is("commune"), paint: { "line-color": t["map-edge"], "line-width": 1 } },
    { id: "r-land", type: "fill", source: "report", filter: ["all", is(...land), polygon], paint: { "fill-pattern": ["concat", "fill-", ["get", "role"]], "fill-opacity": 0.95 } },
    { id: "r-land-line", type: "line", source: "report", filter: is(...land), paint: { "line-color": t["map-halo"], "line-width": 1.5 } },
    { id: "r-reported-fill", type: "fill", source: "report", filter: ["all", is("reported"), polygon], paint: { "fill-pattern": "fill-reported", "fill-opacity": 0.45 } },
    { id: "r-register-halo", type: "line", source: "report", filter: is("register"), paint: { "line-color": t["map-halo"], "line-width": 4 } },
    { id: "r-register", type: "line", source: "report", filter: is("register"), paint: { "line-color": t.ink, "line-width": 1.8, "line-dasharray": [2, 1.6] } },
    { id: "r-reported-halo", type: "line", source: "report", filter: is("reported"), layout: { "line-join": "round" }, paint: { "line-color": t["map-halo"], "line-width": 7 } },
    { id: "r-reported", type: "line", source: "report", filter: is("reported"), layout: { "line-join": "round" }, paint: { "line-color": t["cha-edge"], "line-width": 3 } },
    { id: "r-area-halo", type: "line", source: "report", filter: is("area"), layout: { "line-join": "round" }, paint: { "line-color": t["map-halo"], "line-width": 7 } },
    { id: "r-area", type: "line", source: "report", filter: is("area"), layout: { "line-join": "round" }, paint: { "line-color": t.ink, "line-width": 3 } },
    {
      id: "r-evidence", type: "circle", source: "report", filter: ["all", is("evidence"), ["!", ["has", "mark"]]],
      paint: { "circle-radius": 4.5, "circle-color": "#ffffff", "circle-stroke-color": "#16211d", "circle-stroke-width": 1.6 },
    },
    {
      id: "r-box", type: "symbol", source: "report", filter: ["all", is("evidence"), ["has", "mark"]],
      layout: { "icon-image": ["concat", "box-", ["get", "mark"]], "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
    { id: "r-item", type: "symbol", source: "report", filter: is("item"), layout: { "icon-image": "item", "icon-allow-overlap": true, "icon-ignore-placement": true } },
    {
      id: "r-label", type: "symbol", source: "report", filter: ["all", ["has", "label"], ["!", is("finding")]],
      layout: { "text-field": ["get", "label"], "text-font": FONT, "text-size": 11, "text-anchor": "top", "text-offset": [0, 0.6], "text-optional": true },
      paint: text(t),
    },
    {
      id: "r-finding", type: "symbol", source: "report", filter: is("finding"),
      layout: { "icon-image": ["concat", "finding-", ["coalesce", ["get", "severity"], "block"]], "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
  ];
}
