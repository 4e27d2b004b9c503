// A point that comes near a neighbour's corner or edge is meant to be on it.
import type { FeatureCollection } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import type { Place } from "./sketch";

const CORNER_PX = 14;
const EDGE_PX = 9;

interface Targets { corners: Place[]; edges: Array<[Place, Place]> }

/** Corners and edges of the features with those roles. */
export function targets(features: FeatureCollection, roles: string[]): Targets {
  const found: Targets = { corners: [], edges: [] };
  const walk = (coordinates: unknown): void => {
    if (!Array.isArray(coordinates) || !Array.isArray(coordinates[0])) return;
    if (typeof (coordinates[0] as unknown[])[0] !== "number") { coordinates.forEach(walk); return; }
    const line = coordinates as Place[];
    found.corners.push(...line);
    line.slice(1).forEach((end, n) => { const begin = line[n]; if (begin) found.edges.push([begin, end]); });
  };
  for (const { geometry, properties } of features.features) {
    if (geometry && "coordinates" in geometry && geometry.type !== "Point" && roles.includes(String(properties?.role))) walk(geometry.coordinates);
  }
  return found;
}

/** Where a point of the screen is meant to be; undefined: where it is. Corners before edges. */
export function snapped(map: MapLibre, { corners, edges }: Targets, x: number, y: number): Place | undefined {
  const low = map.unproject([x - CORNER_PX, y + CORNER_PX]);
  const high = map.unproject([x + CORNER_PX, y - CORNER_PX]);
  const near = (a: Place, b: Place) =>
    Math.max(a[0], b[0]) >= low.lng && Math.min(a[0], b[0]) <= high.lng && Math.max(a[1], b[1]) >= low.lat && Math.min(a[1], b[1]) <= high.lat;
  let best: Place | undefined;
  let least = CORNER_PX;
  for (const corner of corners) {
    if (!near(corner, corner)) continue;
    const at = map.project(corner);
    const away = Math.hypot(at.x - x, at.y - y);
    if (away < least) { least = away; best = corner; }
  }
  if (best) return best;
  least = EDGE_PX;
  for (const [begin, end] of edges) {
    if (!near(begin, end)) continue;
    const a = map.project(begin);
    const b = map.project(end);
    const span = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    const t = span ? Math.min(1, Math.max(0, ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / span)) : 0;
    const away = Math.hypot(a.x + t * (b.x - a.x) - x, a.y + t * (b.y - a.y) - y);
    // Along the edge in degrees: the point then lies on the neighbour's own line.
    if (away < least) { least = away; best = [begin[0] + t * (end[0] - begin[0]), begin[1] + t * (end[1] - begin[1])]; }
  }
  return best;
}
