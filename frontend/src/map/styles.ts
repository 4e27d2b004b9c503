// What the maps look like, from the tokens. Text is rasterised here from the page's own fonts: a style
// without `glyphs` needs no glyph server, and the fonts carry Vietnamese.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Tokens } from "./tokens";

export const FONT = ["Be Vietnam Pro Medium"]; // MapLibre reads the weight from the name
export const STATUSES = ["open", "ongoing", "suspended", "closed"] as const;

/** From this zoom an area is its outline; below it, and where nobody drew one, a disc. */
export const NEAR = 11;
export const POINTS_FROM = 13;

const text = (t: Tokens) => ({ "text-color": t["map-label"], "text-halo-color": t["map-halo"], "text-halo-width": 1.8 });

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
const SOLID = 0.92;
const says = (part: string): ExpressionSpecification => ["in", part, ["downcase", ["to-string", ["get", "release_type"]]]];
// Released after technical survey is reduced land (IMAS 07.11); after clearance, cleared.
const byLand = (of: (land: string) => string): ExpressionSpecification =>
  ["case", says("cancel"), of("cancelled"), ["any", says("reduc"), says("technical_survey")], of("reduced"), of("cleared")];
const side: ExpressionSpecification = ["sqrt", ["to-number", ["get", "area_m2"], 0]]; // metres
// What still has to be done lies above what is done.
const urgency: ExpressionSpecification = ["match", ["get", "status"], "closed", 0, "open", 1, "suspended", 2, 3];
const DARK = "#16211d";
const spot = (radius: number, colour: string) => ({ "circle-radius": radius, "circle-color": colour, "circle-stroke-color": DARK, "circle-stroke-width": 1.5 });
const hovered = (on: number, off: number): ExpressionSpecification =>
  ["case", ["boolean", ["feature-state", "hover"], false], on, off];

export const STRIKES = "strikes"; // the source and its one layer

/** Bombing records by cell. Steps as in the legend; nothing where there is none. */
export function strikeLayers(t: Tokens): LayerSpecification[] {
  return [{
    id: STRIKES, type: "fill", source: STRIKES, "source-layer": STRIKES, layout: { visibility: "none" },
    paint: {
      "fill-color": ["step", ["get", "per_km2"], t["strike-1"], 10, t["strike-2"], 30, t["strike-3"], 100, t["strike-4"], 300, t["strike-5"]],
      "fill-opacity": 0.8, "fill-antialias": false,
    },
  }];
}

/** The register: areas, land releases, points. `areas` and the others are layers of one tile source. */
export function registerLayers(t: Tokens): LayerSpecification[] {
  const from = (layer: string) => ({ source: "register", "source-layer": layer });
  return [
    // A plain ground under the pattern: the pattern's tiles meet in the atlas' rounding, the ground does not.
    { id: "areas-ground", type: "fill", ...from("areas"), minzoom: NEAR, filter: confirmed, layout: { "fill-sort-key": urgency }, paint: { "fill-color": byStatus((s) => t[`${s}-fill` as keyof Tokens]), "fill-opacity": SOLID } },
    { id: "areas-fill", type: "fill", ...from("areas"), minzoom: NEAR, filter: confirmed, layout: { "fill-sort-key": urgency }, paint: { "fill-pattern": byStatus((s) => `fill-${s}`) } },
    { id: "areas-sha", type: "fill", ...from("areas"), minzoom: NEAR, filter: suspected, paint: { "fill-pattern": "fill-sha" } },
    { id: "releases-ground", type: "fill", ...from("releases"), minzoom: NEAR, paint: { "fill-color": byLand((l) => t[`${l}-fill` as keyof Tokens]), "fill-opacity": SOLID } },
    { id: "releases-fill", type: "fill", ...from("releases"), minzoom: NEAR, paint: { "fill-pattern": byLand((l) => `fill-${l}`) } },
    { id: "releases-line", type: "line", ...from("releases"), minzoom: NEAR, paint: { "line-color": t["map-halo"], "line-width": hovered(3, 1.4) } },
    { id: "areas-line", type: "line", ...from("areas"), minzoom: NEAR, filter: confirmed, paint: { "line-color": byStatus((s) => t[`${s}-text` as keyof Tokens]), "line-width": hovered(3.5, 1.6) } },
    { id: "areas-line-sha", type: "line", ...from("areas"), minzoom: NEAR, filter: suspected, paint: { "line-color": t["sha-edge"], "line-width": hovered(3.5, 1.6), "line-dasharray": [3, 2] } },
    {
      id: "discs", type: "symbol", ...from("area_points"),
      layout: {
        "icon-image": ["case", suspected, "dot-sha", byStatus((s) => `dot-${s}`)],
        "icon-size": ["interpolate", ["linear"], ["zoom"],
          7, ["interpolate", ["linear"], side, 0, 0.14, 700, 0.26, 2500, 0.5],
          8.5, ["interpolate", ["linear"], side, 0, 0.2, 700, 0.42, 2500, 0.8],
          10, ["interpolate", ["linear"], side, 0, 0.28, 700, 0.52, 2500, 1.2],
          11, ["interpolate", ["linear"], side, 0, 0.36, 700, 0.8, 2500, 2]],
        "icon-allow-overlap": true, "icon-ignore-placement": true,
        "symbol-sort-key": urgency,
      },
    },
    {
      id: "points", type: "circle", ...from("points"), minzoom: POINTS_FROM,
      paint: { ...spot(0, "#ffffff"), "circle-radius": ["interpolate", ["linear"], ["zoom"], POINTS_FROM, hovered(4.5, 2.6), 17, hovered(7, 5)] },
    },
    {
      id: "points-items", type: "circle", ...from("points"), minzoom: 14, filter: ["==", ["get", "kind"], "item"],
      paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 14, 1, 17, 2], "circle-color": DARK },
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
    { id: "r-land-ground", type: "fill", source: "report", filter: ["all", is(...land), polygon], paint: { "fill-color": ["match", ["get", "role"], "cleared", t["cleared-fill"], "reduced", t["reduced-fill"], "cancelled", t["cancelled-fill"], t["remaining-fill"]], "fill-opacity": SOLID } },
    { id: "r-land", type: "fill", source: "report", filter: ["all", is(...land), polygon], paint: { "fill-pattern": ["concat", "fill-", ["get", "role"]] } },
    { id: "r-land-line", type: "line", source: "report", filter: is(...land), paint: { "line-color": t["map-halo"], "line-width": 1.5 } },
    // What differs between two outlines: new ground blue, ground left out hatched; each with its area.
    { id: "r-gained", type: "fill", source: "report", filter: is("gained"), paint: { "fill-color": t.info, "fill-opacity": 0.42 } },
    { id: "r-lost-ground", type: "fill", source: "report", filter: is("lost"), paint: { "fill-color": t["warn"], "fill-opacity": 0.34 } },
    { id: "r-lost", type: "fill", source: "report", filter: is("lost"), paint: { "fill-pattern": "fill-cancelled" } },
    // A box is read by its mark; the hue under it is the field's convention.
    { id: "r-boxes", type: "fill", source: "report", filter: is("box"), paint: { "fill-color": ["match", ["get", "mark"], "red", t["box-red"], "yellow", t["box-yellow"], "blue", t["box-blue"], "green", t["box-green"], t["box-grey"]], "fill-opacity": 0.55 } },
    { id: "r-boxes-line", type: "line", source: "report", filter: is("box"), minzoom: 13, paint: { "line-color": t["map-halo"], "line-width": 0.8 } },
    { id: "r-boxes-mark", type: "symbol", source: "report", filter: is("box"), minzoom: 15, layout: { "icon-image": ["concat", "box-", ["get", "mark"]], "icon-size": ["interpolate", ["linear"], ["zoom"], 15, 0.6, 17, 1], "icon-allow-overlap": true, "icon-ignore-placement": true } },
    { id: "r-reported-fill", type: "fill", source: "report", filter: ["all", is("reported"), polygon], paint: { "fill-pattern": "fill-reported", "fill-opacity": 0.45 } },
    { id: "r-register-halo", type: "line", source: "report", filter: is("register"), paint: { "line-color": t["map-halo"], "line-width": 4 } },
    { id: "r-register", type: "line", source: "report", filter: is("register"), paint: { "line-color": t.ink, "line-width": 1.8, "line-dasharray": [2, 1.6] } },
    { id: "r-reported-halo", type: "line", source: "report", filter: is("reported"), layout: { "line-join": "round" }, paint: { "line-color": t["map-halo"], "line-width": 7 } },
    { id: "r-reported", type: "line", source: "report", filter: is("reported"), layout: { "line-join": "round" }, paint: { "line-color": t["cha-edge"], "line-width": 3 } },
    { id: "r-area-halo", type: "line", source: "report", filter: is("area"), layout: { "line-join": "round" }, paint: { "line-color": t["map-halo"], "line-width": 7 } },
    { id: "r-area", type: "line", source: "report", filter: is("area"), layout: { "line-join": "round" }, paint: { "line-color": t.ink, "line-width": 3 } },
    // Circles, not icons: an icon's edge may pick up its neighbour in the atlas.
    { id: "r-evidence", type: "circle", source: "report", filter: ["all", is("evidence"), ["!", ["has", "mark"]]], paint: spot(4.5, "#ffffff") },
    {
      id: "r-box", type: "symbol", source: "report", filter: ["all", is("evidence"), ["has", "mark"]],
      layout: { "icon-image": ["concat", "box-", ["get", "mark"]], "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
    { id: "r-item", type: "circle", source: "report", filter: is("item"), paint: spot(5, "#ffffff") },
    { id: "r-item-dot", type: "circle", source: "report", filter: is("item"), paint: { "circle-radius": 1.8, "circle-color": DARK } },
    {
      id: "r-label", type: "symbol", source: "report", filter: ["all", ["has", "label"], ["!", is("finding", "box")]],
      layout: { "text-field": ["get", "label"], "text-font": FONT, "text-size": 11, "text-anchor": "top", "text-offset": [0, 0.6], "text-optional": true },
      paint: text(t),
    },
    {
      id: "r-finding", type: "symbol", source: "report", filter: is("finding"),
      layout: { "icon-image": ["concat", "finding-", ["coalesce", ["get", "severity"], "block"]], "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
  ];
}
