// The register's map: vector tiles, layers that are the legend, hover, choice and the feature's card.
import type { MapGeoJSONFeature, Map as MapLibre, SourceSpecification, VectorTileSource } from "maplibre-gl";
import { english, extent as around, ground, sheet, withQuery } from "./base";
import type { Box } from "./base";
import { STATUSES, STRIKES, registerLayers, selectionLayers, strikeLayers } from "./styles";

interface Choice { kind: string; id: string }

const KINDS: Record<string, string> = { areas: "area", area_points: "area", releases: "release", points: "point" };
const LAYERS_OF: Record<string, string[]> = { area: ["areas", "area_points"], release: ["releases"], point: ["points"] };
const TOUCHABLE = ["points", "releases-fill", "areas-fill", "areas-sha", "discs"];
const SWITCHED: Record<string, string[]> = {
  releases: ["releases-ground", "releases-fill", "releases-line"], points: ["points", "points-items"], communes: ["communes"], labels: ["labels", "area-names"],
};

export async function registerMap(box: HTMLElement): Promise<void> {
  const { dataset } = box;
  const still = dataset.still !== undefined;
  const data = await ground(dataset.basemap);
  const bounds = (dataset.bounds?.split(",").map(Number) as Box | undefined) ?? around(data, (p) => p.kind === "province") ?? [105.6, 16.2, 107.6, 18.2];
  const { map } = await sheet({
    box, data, layers: (t) => [...(dataset.strikes ? strikeLayers(t) : []), ...registerLayers(t)], over: selectionLayers,
    sources: {
      ...bombing(dataset.strikes),
      register: {
        type: "vector", tiles: [withQuery(dataset.tiles ?? "")], minzoom: 0, maxzoom: Number(dataset.tilesMaxzoom ?? 14),
        promoteId: { areas: "id", area_points: "id", releases: "id", points: "id" },
      },
    },
    options: { bounds, fitBoundsOptions: { padding: still ? 8 : 24 }, hash: still ? false : "map", interactive: !still, minZoom: 6 },
  });
  layers(box, map);
  strikes(box, map);
  if (matchMedia("(max-width: 700px)").matches) box.querySelector("details[data-layers]")?.removeAttribute("open");
  if (dataset.legend) void counts(box, withQuery(dataset.legend)).then((found) => {
    // A filtered map opens on what it shows, unless the address says where to look.
    if (found && location.search && !location.hash.includes("map=") && !still) map.fitBounds(found, { padding: 60, maxZoom: 15, animate: false });
  });
  if (still) return;
  hover(box, map);
  choosing(box, map);
  printing(map);
  box.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-zoom=all]")) map.fitBounds(bounds, { padding: 24 });
  });
}

/** The way to the print page takes the middle of the view along. */
function printing(map: MapLibre): void {
  const link = document.querySelector<HTMLAnchorElement>("a[data-print]");
  if (!link) return;
  const follow = () => {
    const at = map.getCenter(), to = new URL(link.href);
    to.searchParams.set("lon", at.lng.toFixed(5));
    to.searchParams.set("lat", at.lat.toFixed(5));
    link.href = to.href;
  };
  map.on("moveend", follow);
  follow();
}

/** The legend is the layer list: a box for each state, each land class and the ground. */
function layers(box: HTMLElement, map: MapLibre): void {
  const inputs = [...box.querySelectorAll<HTMLInputElement>("input[data-layer]")];
  const on = (name: string) => inputs.find((i) => i.dataset.layer === name)?.checked ?? true;
  const apply = () => {
    const shown = STATUSES.filter((s) => on(s));
    const suspected = ["==", ["downcase", ["to-string", ["get", "kind"]]], "sha"];
    const states = ["in", ["get", "status"], ["literal", shown]];
    const both = (is: boolean) => ["all", states, is ? suspected : ["!", suspected]] as never;
    for (const id of ["areas-ground", "areas-fill", "areas-line"]) map.setFilter(id, both(false));
    for (const id of ["areas-sha", "areas-line-sha"]) map.setFilter(id, both(true));
    map.setFilter("discs", states as never);
    map.setFilter("area-names", states as never);
    for (const [name, ids] of Object.entries(SWITCHED)) {
      for (const id of ids) map.setLayoutProperty(id, "visibility", on(name) ? "visible" : "none");
    }
  };
  inputs.forEach((i) => i.addEventListener("change", apply));
  map.on("style.load", apply);
  document.addEventListener("datlanh:theme", () => setTimeout(apply));
  apply();
}

export function bombing(address: string | undefined): Record<string, SourceSpecification> {
  return address ? { [STRIKES]: { type: "vector", tiles: [new URL(address, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], maxzoom: 12 } } : {};
}

/** The bombing records lie beneath everything, and are not asked for until somebody wants them. */
export function strikes(box: HTMLElement, map: MapLibre): void {
  const wanted = box.querySelector<HTMLInputElement>(`input[data-layer=${STRIKES}]`);
  const year = box.querySelector<HTMLSelectElement>("[data-strikes-year]");
  const more = box.querySelector<HTMLElement>("[data-strikes-more]");
  if (!wanted || !year || !more) return;
  const apply = () => {
    more.hidden = !wanted.checked;
    map.setLayoutProperty(STRIKES, "visibility", wanted.checked ? "visible" : "none");
  };
  wanted.addEventListener("change", apply);
  year.addEventListener("change", () => {
    const source = map.getSource<VectorTileSource>(STRIKES);
    const [bare = ""] = (source?.tiles[0] ?? "").split("?");
    source?.setTiles([year.value ? `${bare}?year=${year.value}` : bare]);
  });
  map.on("style.load", apply);
  document.addEventListener("datlanh:theme", () => setTimeout(apply));
  apply();
}

async function counts(box: HTMLElement, address: string): Promise<Box | null> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const { counts: found, extent } = (await answer.json()) as { counts: Record<string, number>; extent?: Box | null };
  const written = new Intl.NumberFormat(english() ? "en" : "vi");
  for (const place of box.querySelectorAll<HTMLElement>("[data-count]")) {
    const n = found[place.dataset.count ?? ""];
    place.textContent = typeof n === "number" ? written.format(n) : "";
  }
  return extent ?? null;
}

function at(map: MapLibre, point: { x: number; y: number }, reach = 3): MapGeoJSONFeature | undefined {
  const layers = TOUCHABLE.filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures([[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]], { layers });
  // The smallest that was touched: a release lies within its area.
  const rank = (f: MapGeoJSONFeature) => TOUCHABLE.indexOf(f.layer.id);
  return found.sort((a, b) => rank(a) - rank(b) || Number(a.properties.area_m2 ?? 0) - Number(b.properties.area_m2 ?? 0))[0];
}

function hover(box: HTMLElement, map: MapLibre): void {
  const tip = box.querySelector<HTMLElement>("[data-tip]");
  let now: MapGeoJSONFeature | undefined;
  const mark = (feature: MapGeoJSONFeature | undefined, on: boolean) => {
    if (feature?.id !== undefined) map.setFeatureState({ source: "register", sourceLayer: feature.sourceLayer, id: feature.id }, { hover: on });
  };
  const move = (feature: MapGeoJSONFeature | undefined, x = 0, y = 0) => {
    if (feature?.id !== now?.id || feature?.sourceLayer !== now?.sourceLayer) {
      mark(now, false);
      mark(feature, true);
      now = feature;
      map.getCanvas().classList.toggle("can-choose", !!feature);
    }
    if (!tip) return;
    const word = feature?.properties.local_id;
    tip.hidden = !word;
    tip.textContent = word ?? "";
    tip.style.transform = `translate(${x + 14}px, ${y + 14}px)`;
  };
  map.on("mousemove", (event) => move(at(map, event.point), event.point.x, event.point.y));
  map.getCanvas().addEventListener("mouseleave", () => move(undefined));
}

function choosing(box: HTMLElement, map: MapLibre): void {
  const panel = box.querySelector<HTMLElement>("[data-card]");
  const body = panel?.querySelector<HTMLElement>("[data-card-body]");
  const show = (choice: Choice | null, focus: boolean) => {
    for (const layer of new Set(Object.values(LAYERS_OF).flat())) {
      const id = choice && LAYERS_OF[choice.kind]?.includes(layer) ? choice.id : "";
      for (const outline of [`chosen-${layer}`, `chosen-${layer}-halo`]) {
        if (map.getLayer(outline)) map.setFilter(outline, ["==", ["to-string", ["get", "id"]], id || "-"]);
      }
    }
    remember(choice);
    if (!panel || !body) return;
    panel.hidden = !choice;
    if (!choice) return;
    const address = (box.dataset.cards ?? "").replace("{kind}", choice.kind).replace("{id}", encodeURIComponent(choice.id));
    void window.htmx.ajax("get", withQuery(address), { target: body, swap: "innerHTML" }).then(() => focus && panel.focus());
  };
  const choose = (feature: MapGeoJSONFeature | undefined, focus = false) =>
    show(feature ? { kind: KINDS[feature.sourceLayer ?? ""] ?? "area", id: String(feature.properties.id ?? feature.id) } : null, focus);

  map.on("click", (event) => choose(at(map, event.point, 5)));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const { clientWidth: w, clientHeight: h } = map.getCanvas();
      choose(at(map, { x: w / 2, y: h / 2 }, 16), true);
    }
  });
  const leave = () => { show(null, false); map.getCanvas().focus({ preventScroll: true }); };
  panel?.addEventListener("click", (event) => { if ((event.target as Element).closest("[data-card-close]")) leave(); });
  box.addEventListener("keydown", (event) => { if (event.key === "Escape" && panel && !panel.hidden) leave(); });
  const again = () => show(recalled(), false);
  map.on("style.load", again);
  if (recalled()) again();
}

// The hash keeps the view (`map=`, MapLibre's) and the choice (`at=area/12`), so that a link shows the same.
function remember(choice: Choice | null): void {
  const parts = location.hash.replace(/^#/, "").split("&").filter((p) => p && !p.startsWith("at="));
  if (choice) parts.push(`at=${choice.kind}/${encodeURIComponent(choice.id)}`);
  history.replaceState(history.state, "", parts.length ? `#${parts.join("&")}` : location.pathname + location.search);
}

function recalled(): Choice | null {
  const found = /(?:^#|&)at=(\w+)\/([^&]+)/.exec(location.hash);
  return found ? { kind: found[1] as string, id: decodeURIComponent(found[2] as string) } : null;
}
