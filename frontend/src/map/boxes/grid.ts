// The survey grid in the browser, as `kernel/grid.py` has it: boxes of 50 m on UTM zone 48 north.
// Krüger's series to the third order: a millimetre over the zone. The server judges every id again.
export type Place = [number, number];

const BOX_M = 50;
const SIDE = 20; // boxes along a kilometre square
const A = 6378137;
const F = 1 / 298.257223563;
const N = F / (2 - F);
const K0 = 0.9996;
const LON0 = (105 * Math.PI) / 180;
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3, (13 / 48) * N ** 2 - (3 / 5) * N ** 3, (61 / 240) * N ** 3];
const BETA = [N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3, N ** 2 / 48 + N ** 3 / 15, (17 / 480) * N ** 3];
const DELTA = [2 * N - (2 / 3) * N ** 2 - 2 * N ** 3, (7 / 3) * N ** 2 - (8 / 5) * N ** 3, (56 / 15) * N ** 3];
const RAD = Math.PI / 180;

export function toUtm([lon, lat]: Place): Place {
  const s = (2 * Math.sqrt(N)) / (1 + N);
  const sin = Math.sin(lat * RAD);
  const t = Math.sinh(Math.atanh(sin) - s * Math.atanh(s * sin));
  const away = lon * RAD - LON0;
  const xi = Math.atan2(t, Math.cos(away));
  const eta = Math.atanh(Math.sin(away) / Math.hypot(1, t));
  let [x, y] = [eta, xi];
  ALPHA.forEach((a, n) => {
    const k = 2 * (n + 1);
    x += a * Math.cos(k * xi) * Math.sinh(k * eta);
    y += a * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  return [500_000 + K0 * RADIUS * x, K0 * RADIUS * y];
}

export function fromUtm([east, north]: Place): Place {
  const xi = north / (K0 * RADIUS);
  const eta = (east - 500_000) / (K0 * RADIUS);
  let [x, y] = [eta, xi];
  BETA.forEach((b, n) => {
    const k = 2 * (n + 1);
    x -= b * Math.cos(k * xi) * Math.sinh(k * eta);
    y -= b * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  const chi = Math.asin(Math.sin(y) / Math.cosh(x));
  const lat = DELTA.reduce((sum, d, n) => sum + d * Math.sin(2 * (n + 1) * chi), chi);
  return [105 + Math.atan2(Math.sinh(x), Math.cos(y)) / RAD, lat / RAD];
}

const two = (value: number) => String(value).padStart(2, "0");

export type Cell = [number, number]; // column and row on the whole grid

export function cellAt(place: Place): Cell {
  const [east, north] = toUtm(place);
  return [Math.floor(east / BOX_M), Math.floor(north / BOX_M)];
}

/** `E715N1856-0712`. */
export const idOf = ([column, row]: Cell): string =>
  `E${String(Math.floor(column / SIDE)).padStart(3, "0")}N${String(Math.floor(row / SIDE)).padStart(4, "0")}-${two(column % SIDE)}${two(row % SIDE)}`;

export function cellOf(id: string): Cell | null {
  const found = /^E(\d{3})N(\d{4})-([01]\d)([01]\d)$/.exec(id.replace(/\s/g, "").toUpperCase());
  if (!found) return null;
  const [east, north, column, row] = found.slice(1).map(Number) as [number, number, number, number];
  return [east * SIDE + column, north * SIDE + row];
}

export function ringOf([column, row]: Cell): Place[] {
  const corner = (c: number, r: number): Place => fromUtm([(column + c) * BOX_M, (row + r) * BOX_M]);
  return [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0)];
}

export function middleOf([column, row]: Cell): Place { return fromUtm([(column + 0.5) * BOX_M, (row + 0.5) * BOX_M]); }

/** The cells a stroke from one to the other goes through. */
export function between(a: Cell, b: Cell): Cell[] {
  const steps = Math.max(Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1]), 1);
  return Array.from({ length: steps + 1 }, (_, n) => [Math.round(a[0] + ((b[0] - a[0]) * n) / steps), Math.round(a[1] + ((b[1] - a[1]) * n) / steps)]);
}

const MOST_LINES = 400;

/** The lines of the grid in a view; none where they would be too close to see. */
export function lines(west: number, south: number, east: number, north: number): Place[][] {
  const corners = ([[west, south], [west, north], [east, south], [east, north]] as Place[]).map(cellAt);
  const [c0, c1] = [Math.min(...corners.map((c) => c[0])), Math.max(...corners.map((c) => c[0])) + 1];
  const [r0, r1] = [Math.min(...corners.map((c) => c[1])), Math.max(...corners.map((c) => c[1])) + 1];
  if (c1 - c0 + r1 - r0 > MOST_LINES) return [];
  const along = (n: number, begin: number, end: number) => Array.from({ length: n + 1 }, (_, k) => begin + ((end - begin) * k) / n);
  const found: Place[][] = [];
  for (let c = c0; c <= c1; c++) found.push(along(4, r0, r1).map((r) => fromUtm([c * BOX_M, r * BOX_M])));
  for (let r = r0; r <= r1; r++) found.push(along(4, c0, c1).map((c) => fromUtm([c * BOX_M, r * BOX_M])));
  return found;
}
