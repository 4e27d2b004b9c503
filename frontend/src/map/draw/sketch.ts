// What is being drawn, apart from any map: its points, its steps back and forth, its size. Map and
// table are two views of it.
export type Place = [number, number]; // longitude, latitude
export type Kind = "polygon" | "line";
export interface Spot { part: number; at: number }
type Parts = Place[][]; // rings are kept open: the first point is not repeated

const DECIMALS = 1e7; // of a degree: a centimetre, as the procedure writes coordinates and two digits more
const STEPS = 200;

const rounded = (value: number) => Math.round(value * DECIMALS) / DECIMALS;
const same = (a: Place | undefined, b: Place | undefined) => !!a && !!b && a[0] === b[0] && a[1] === b[1];

export class Sketch {
  parts: Parts;
  active: Spot | null = null;
  private readonly start: Parts;
  private back: Parts[] = [];
  private forth: Parts[] = [];
  private readonly told: Array<(settled: boolean) => void> = [];

  constructor(readonly kind: Kind, text: string) {
    this.parts = read(kind, text);
    this.start = copied(this.parts);
  }

  /** Called after every change; `settled` is false while a point is still being dragged. */
  watch(listener: (settled: boolean) => void): void { this.told.push(listener); }

  /** Another point is the chosen one; nothing else has changed. */
  chosen(): void { for (const listener of this.chose) listener(); }
  whenChosen(listener: () => void): void { this.chose.push(listener); }
  private readonly chose: Array<() => void> = [];

  get canUndo(): boolean { return this.back.length > 0; }
  get canRedo(): boolean { return this.forth.length > 0; }
  get isChanged(): boolean { return JSON.stringify(this.parts) !== JSON.stringify(this.start); }
  get least(): number { return this.kind === "line" ? 2 : 3; }

  /** A drag under way: shown, not yet a step of its own. */
  preview(part: number, points: Place[]): void { this.dragged = { part, points: points.map(clean) }; this.tell(false); }
  private dragged: { part: number; points: Place[] } | null = null;

  /** The parts as they look now, a drag included. */
  get shown(): Parts {
    const now = this.dragged;
    return now ? this.parts.map((points, n) => (n === now.part ? now.points : points)) : this.parts;
  }

  replace(part: number, points: Place[]): void { this.step((parts) => { parts[part] = points.map(clean); }); }
  move({ part, at }: Spot, to: Place): void { this.step((parts) => { const ring = parts[part]; if (ring?.[at]) ring[at] = clean(to); }); }
  append(to: Place): void {
    this.step((parts) => {
      if (!parts.length) parts.push([]);
      parts.at(-1)?.push(clean(to));
      this.active = { part: parts.length - 1, at: (parts.at(-1)?.length ?? 1) - 1 };
    });
  }

  /** A new point half way to the next one, as on the map. */
  insert({ part, at }: Spot): void {
    this.step((parts) => {
      const ring = parts[part];
      const here = ring?.[at];
      const next = ring?.[at + 1] ?? (this.kind === "polygon" ? ring?.[0] : undefined);
      if (!ring || !here) return;
      ring.splice(at + 1, 0, clean(next ? [(here[0] + next[0]) / 2, (here[1] + next[1]) / 2] : [here[0] + 0.0002, here[1]]));
      this.active = { part, at: at + 1 };
    });
  }

  remove({ part, at }: Spot): void {
    const ring = this.parts[part];
    if (!ring || (this.kind === "polygon" && ring.length <= this.least)) return;
    this.step((parts) => {
      parts[part]?.splice(at, 1);
      if (!parts[part]?.length) parts.splice(part, 1);
    });
    this.active = null;
  }

  reset(): void { this.step((parts) => { parts.splice(0, parts.length, ...copied(this.kind === "line" ? [] : this.start)); }); this.active = null; }
  undo(): void { this.travel(this.back, this.forth); }
  redo(): void { this.travel(this.forth, this.back); }

  /** GeoJSON of a geometry, for the form; "" while it is no line or no ring yet. */
  get text(): string {
    const whole = this.parts.filter((points) => points.length >= this.least);
    if (!whole.length) return "";
    if (this.kind === "line") return JSON.stringify({ type: "LineString", coordinates: whole[0] });
    const rings = whole.map((points) => [closed(points)]);
    return JSON.stringify(rings.length > 1 ? { type: "MultiPolygon", coordinates: rings } : { type: "Polygon", coordinates: rings[0] });
  }

  get area_m2(): number { return this.shown.reduce((sum, points) => sum + Math.abs(flat(points)), 0); }
  get length_m(): number { return this.shown.reduce((sum, points) => sum + long(points), 0); }

  private step(change: (parts: Parts) => void): void {
    const before = copied(this.parts);
    this.dragged = null;
    change(this.parts);
    if (JSON.stringify(before) !== JSON.stringify(this.parts)) {
      this.back.push(before);
      if (this.back.length > STEPS) this.back.shift();
      this.forth = [];
    }
    this.tell(true);
  }

  private travel(from: Parts[], to: Parts[]): void {
    const wanted = from.pop();
    if (!wanted) return;
    to.push(copied(this.parts));
    this.parts = wanted;
    this.active = null;
    this.tell(true);
  }

  private tell(settled: boolean): void { for (const listener of this.told) listener(settled); }
}

const clean = ([lon, lat]: Place): Place => [rounded(lon), rounded(lat)];
const copied = (parts: Parts): Parts => parts.map((points) => points.map(([x, y]): Place => [x, y]));
export const closed = (points: Place[]): Place[] => (points[0] ? [...points, points[0]] : []);
const open = (points: Place[]): Place[] => (points.length > 1 && same(points[0], points.at(-1)) ? points.slice(0, -1) : points);

/** GeoJSON, or one "lat, lon" to a row. */
function read(kind: Kind, text: string): Parts {
  const found = text.trim();
  if (!found) return [];
  if (found.startsWith("{")) {
    const { type, coordinates } = JSON.parse(found) as { type: string; coordinates: unknown };
    if (type === "LineString") return [(coordinates as Place[]).map(clean)];
    const polygons = (type === "Polygon" ? [coordinates] : coordinates) as Place[][][];
    return polygons.map((rings) => open((rings[0] ?? []).map(clean))).filter((points) => points.length);
  }
  const points = [...found.matchAll(/(-?[\d.]+)[,;\s]+(-?[\d.]+)/g)].map((m) => clean([Number(m[2]), Number(m[1])]));
  return points.length ? [kind === "polygon" ? open(points) : points] : [];
}

// On the ellipsoid, in a plane laid through the middle: a drawing is small. The server measures for good.
const A = 6378137;
const E2 = 0.00669437999014;

export function perDegree(lat: number): Place {
  const sin = Math.sin((lat * Math.PI) / 180);
  const w = Math.sqrt(1 - E2 * sin * sin);
  const degree = Math.PI / 180;
  return [(A / w) * Math.cos(lat * degree) * degree, ((A * (1 - E2)) / w ** 3) * degree];
}

const middle = (points: Place[]) => points.reduce((sum, p) => sum + p[1], 0) / (points.length || 1);

function flat(points: Place[]): number {
  const [mx, my] = perDegree(middle(points));
  const [x0, y0] = points[0] ?? [0, 0];
  let twice = 0;
  points.forEach((a, n) => {
    const b = points[(n + 1) % points.length] ?? a;
    twice += (a[0] - x0) * mx * ((b[1] - y0) * my) - (b[0] - x0) * mx * ((a[1] - y0) * my);
  });
  return twice / 2;
}

function long(points: Place[]): number {
  const [mx, my] = perDegree(middle(points));
  return points.slice(1).reduce((sum, p, n) => sum + Math.hypot((p[0] - (points[n]?.[0] ?? 0)) * mx, (p[1] - (points[n]?.[1] ?? 0)) * my), 0);
}
