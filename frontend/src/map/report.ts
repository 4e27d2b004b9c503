// One report (or one record) on a small map: inline GeoJSON whose features say their role.
import type { FeatureCollection } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { extent, ground, sheet } from "./base";
import type { Box } from "./base";
import { bombing, strikes } from "./register";
import { reportLayers, strikeLayers } from "./styles";

const CLOSEST = 17.5;

/** What stands on a map, for those who draw on it. */
export interface Ground { map: MapLibre; features: FeatureCollection }

export async function reportMap(box: HTMLElement): Promise<Ground> {
  const text = document.getElementById(box.dataset.reportMap ?? "")?.textContent ?? "";
  const report = JSON.parse(text || '{"type":"FeatureCollection","features":[]}') as FeatureCollection;
  const data = await ground(box.dataset.basemap);
  const bounds = extent(report, (p) => p.role !== "commune") ?? extent(report, () => true) ?? extent(data, (p) => p.kind === "province");
  const fit = { padding: 44, maxZoom: CLOSEST, animate: false };
  // The drawing is kept, so that the page prints with its map.
  const { map } = await sheet({
    box, data, layers: (t) => [...(box.dataset.strikes ? strikeLayers(t) : []), ...reportLayers(t)],
    sources: { ...bombing(box.dataset.strikes), report: { type: "geojson", data: report } },
    options: { bounds: (bounds ?? [105.6, 16.2, 107.6, 18.2]) as Box, fitBoundsOptions: fit, canvasContextAttributes: { preserveDrawingBuffer: true } },
  });
  strikes(box, map);
  // A pane that changes its size (or goes to paper) shows the whole again, until somebody moves the map.
  let moved = false;
  map.on("movestart", (event) => { moved ||= !!(event as { originalEvent?: Event }).originalEvent; });
  map.on("resize", () => { if (!moved && bounds) map.fitBounds(bounds, fit); });
  box.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-zoom=all]") && bounds) map.fitBounds(bounds, fit);
  });
  // A finding in the list shows its place: data-at="lon,lat".
  const go = (event: Event) => {
    const place = (event.target as Element).closest<HTMLElement>("[data-at]")?.dataset.at?.split(",").map(Number);
    if (place?.length === 2 && place.every(Number.isFinite)) map.easeTo({ center: place as [number, number], zoom: Math.max(map.getZoom(), 16), duration: 240 });
  };
  document.addEventListener("click", go);
  map.on("remove", () => document.removeEventListener("click", go));
  // The pane may be swapped by htmx: leave no map behind.
  new MutationObserver((_, watcher) => {
    if (!box.isConnected) { watcher.disconnect(); map.remove(); }
  }).observe(document.body, { childList: true, subtree: true });
  return { map, features: report };
}
