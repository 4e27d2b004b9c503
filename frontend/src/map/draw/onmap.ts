// A sketch on the map: corners are dragged, put in at the middle of an edge, chosen by a tap. One
// drawing at a time has the map.
import type { GeoJSONSource, MapMouseEvent, Map as MapLibre } from "maplibre-gl";
import { TerraDraw, TerraDrawLineStringMode, TerraDrawPointMode, TerraDrawPolygonMode, TerraDrawSelectMode } from "terra-draw";
import type { GeoJSONStoreFeatures, HexColor } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { tokens } from "../tokens";
import { closed } from "./sketch";
import type { Place, Sketch, Spot } from "./sketch";
import { snapped } from "./snap";
import type { targets } from "./snap";

const REACH_PX = 22;
const FINGER_PX = 40; // a browser tells of a finger's first move when it is 15 px away already
const NO_EVENT_LEFT_OUT = Infinity; // the library leaves out each nth
const ACTIVE = "td-active"; // sources and layers named td-… live through a change of theme

type Targets = ReturnType<typeof targets>;

export class OnMap {
  private readonly draw: TerraDraw;
  private readonly ids = new Map<string | number, number>(); // of a drawn feature: its part
  private ours = false; // the change comes from the map itself: it is drawn already
  private done = false; // this press has already put a point in
  private readonly growing: boolean;

  constructor(private readonly map: MapLibre, private readonly sketch: Sketch, private readonly near: Targets) {
    this.growing = sketch.kind === "line" || !sketch.parts.length;
    const snapping = { toCustom: (event: { containerX: number; containerY: number }) => snapped(map, near, event.containerX, event.containerY) };
    const feature = { draggable: false, selfIntersectable: true, coordinates: { draggable: true, midpoints: { draggable: true }, deletable: true, snappable: snapping } };
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map }),
      modes: [
        new TerraDrawSelectMode({ flags: { polygon: { feature }, linestring: { feature } }, allowManualDeselection: false, pointerDistance: matchMedia("(any-pointer: coarse)").matches ? FINGER_PX : REACH_PX, keyEvents: null, dragEventThrottle: NO_EVENT_LEFT_OUT }),
        new TerraDrawPolygonMode(), new TerraDrawLineStringMode(), new TerraDrawPointMode(),
      ],
    });
    this.draw.start();
    this.draw.setMode("select");
    this.dress();
    map.addSource(ACTIVE, { type: "geojson", data: empty() });
    map.addLayer({ id: ACTIVE, type: "circle", source: ACTIVE, paint: { "circle-radius": 11, "circle-opacity": 0, "circle-stroke-color": tokens().focus, "circle-stroke-width": 3 } });
    this.draw.on("change", (ids, type, context) => {
      if (type === "update" && !(context && "origin" in context)) for (const id of ids) this.taken(id, false);
    });
    this.draw.on("finish", (id) => { this.done = true; this.taken(id, true); });
    map.on("click", this.clicked);
    map.getCanvas().addEventListener("pointerdown", this.pressed);
    map.doubleClickZoom.disable();
    map.getCanvas().classList.add("is-drawing");
    document.addEventListener("datlanh:theme", this.dress);
    this.show();
  }

  /** Draw what the sketch says now; a change that came from the map stands there already. */
  show(): void {
    if (!this.ours) {
      this.draw.removeFeatures([...this.ids.keys()].filter((id) => this.draw.hasFeature(id)));
      this.ids.clear();
      this.sketch.parts.forEach((points, part) => this.add(points, part));
      const first = [...this.ids].find(([, part]) => part === (this.sketch.active?.part ?? 0))?.[0];
      const points = this.sketch.parts[this.sketch.active?.part ?? 0] ?? [];
      if (first !== undefined && points.length >= 2) this.draw.selectFeature(first);
    }
    const { active } = this.sketch;
    const at = active && this.sketch.shown[active.part]?.[active.at];
    (this.map.getSource(ACTIVE) as GeoJSONSource | undefined)?.setData(at ? { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } } : empty());
  }

  /** Bring a point into view, where it is not. */
  see({ part, at }: Spot): void {
    const place = this.sketch.shown[part]?.[at];
    if (place && !this.map.getBounds().contains(place)) this.map.easeTo({ center: place, duration: 240 });
  }

  /** The whole drawing in view, below what lies over the top of the map. */
  fit(above: number): void {
    const points = this.sketch.parts.flat();
    if (!points.length) return;
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const box: [number, number, number, number] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    this.map.fitBounds(box, { padding: { top: above + 40, left: 40, right: 64, bottom: 60 }, maxZoom: this.map.getZoom(), animate: false });
  }

  leave(): void {
    document.removeEventListener("datlanh:theme", this.dress);
    this.map.off("click", this.clicked);
    this.map.getCanvas().removeEventListener("pointerdown", this.pressed);
    this.draw.stop();
    this.map.removeLayer(ACTIVE);
    this.map.removeSource(ACTIVE);
    this.map.doubleClickZoom.enable();
    this.map.getCanvas().classList.remove("is-drawing");
  }

  private add(points: Place[], part: number): void {
    const geometry: GeoJSONStoreFeatures["geometry"] = points.length < 2
      ? { type: "Point", coordinates: points[0] ?? [0, 0] }
      : this.sketch.kind === "line" || points.length < 3
        ? { type: "LineString", coordinates: points } : { type: "Polygon", coordinates: [closed(points)] };
    const id = this.draw.getFeatureId();
    const [done] = this.draw.addFeatures([{ id, type: "Feature", geometry, properties: { mode: geometry.type.toLowerCase() } }]);
    if (done?.valid) this.ids.set(id, part);
    else console.warn("not drawn", done?.reason);
  }

  private taken(id: string | number, settled: boolean): void {
    const part = this.ids.get(id);
    const geometry = part === undefined ? undefined : this.draw.getSnapshotFeature(id)?.geometry;
    if (part === undefined || !geometry || geometry.type === "Point") return;
    const points = (geometry.type === "Polygon" ? (geometry.coordinates[0] ?? []).slice(0, -1) : geometry.coordinates) as Place[];
    this.ours = true;
    if (settled) this.sketch.replace(part, points); else this.sketch.preview(part, points);
    this.ours = false;
  }

  private readonly pressed = (): void => { this.done = false; };

  private readonly clicked = (event: MapMouseEvent): void => {
    const here = event.point;
    const away = (p: Place) => { const at = this.map.project(p); return Math.hypot(at.x - here.x, at.y - here.y); };
    let near: Spot | null = null;
    let least = REACH_PX;
    this.sketch.parts.forEach((points, part) => points.forEach((p, at) => { if (away(p) < least) { least = away(p); near = { part, at }; } }));
    this.ours = true;
    if (near) { this.sketch.active = near; this.show(); this.sketch.chosen(); }
    this.ours = false;
    if (!near && !this.done && this.growing) this.sketch.append(snapped(this.map, this.near, here.x, here.y) ?? [event.lngLat.lng, event.lngLat.lat]);
  };

  /** The colours of the page as it is now. */
  private readonly dress = (): void => {
    const t = tokens();
    const ink = hex(t.ink);
    const paper = hex(t.surface);
    this.draw.updateModeOptions<typeof TerraDrawSelectMode>("select", { styles: {
      selectedPolygonColor: ink, selectedPolygonFillOpacity: 0.14, selectedPolygonOutlineColor: ink, selectedPolygonOutlineWidth: 3,
      selectedLineStringColor: ink, selectedLineStringWidth: 3,
      selectionPointColor: paper, selectionPointOutlineColor: ink, selectionPointWidth: 6, selectionPointOutlineWidth: 2.5,
      midPointColor: ink, midPointOutlineColor: paper, midPointWidth: 3.5, midPointOutlineWidth: 1.5,
    } });
    this.draw.updateModeOptions<typeof TerraDrawPolygonMode>("polygon", { styles: { fillColor: ink, fillOpacity: 0.1, outlineColor: ink, outlineWidth: 2 } });
    this.draw.updateModeOptions<typeof TerraDrawLineStringMode>("linestring", { styles: { lineStringColor: ink, lineStringWidth: 2 } });
    this.draw.updateModeOptions<typeof TerraDrawPointMode>("point", { styles: { pointColor: paper, pointOutlineColor: ink, pointWidth: 7, pointOutlineWidth: 2.5 } });
  };
}

const empty = () => ({ type: "FeatureCollection" as const, features: [] });

/** The library wants #rrggbb; a token may be any colour. */
function hex(colour: string): HexColor {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return "#000000";
  pen.fillStyle = colour;
  return (pen.fillStyle.startsWith("#") ? pen.fillStyle : "#000000") as HexColor;
}
