// The map behind geopoints and geoshapes, drawn here from one GeoJSON file: no tile server.
const SIZE = 256;
// The tokens of the page where it has them, so that this ground and the big map's are one.
const token = (name, otherwise) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
const LAND = token("--map-land", "#f7f5ee");
const WATER = token("--map-sea", "#dbe7ec");
const LINE = token("--map-edge", "#b3ae9f");
const NAME = token("--map-label", "#45504a");
const LETTERS = `600 12px ${token("--font-text", "sans-serif")}`;
const EARTH = 20037508.342789244; // half the width of Web Mercator, metres

let layers = Promise.resolve([]);

/** Lines, areas and names: polygons, lines, and points with a `name`; as GeoJSON or its address. */
export function useBasemap(source) {
  if (!source) {
    return;
  }
  const found =
    typeof source === "string"
      ? fetch(source, { credentials: "same-origin" }).then((response) =>
          response.ok ? response.json() : { features: [] },
        )
      : Promise.resolve(source);
  layers = found.then((data) => data.features.map(prepared)).catch(() => []);
}

/** Where an empty map opens: "lon,lat,zoom". */
export function openAt(view) {
  const [lon, lat, zoom] = (view ?? "").split(",").map(Number);
  if (Number.isFinite(lon + lat + zoom)) {
    const across = (lon * EARTH) / 180;
    const down = (Math.log(Math.tan(((90 + lat) * Math.PI) / 360)) / Math.PI) * EARTH;
    Object.assign(globalThis.datlanhMap, { center: [across, down], zoom });
  }
}

globalThis.datlanhMap = {
  attributions: [],
  tileLoadFunction(tile, source) {
    const [zoom, x, y] = source.slice("data:,".length).split("/").map(Number);
    layers.then((features) => {
      tile.getImage().src = drawn(features, zoom, x, y);
    });
  },
};

function prepared(feature) {
  const { type, coordinates } = feature.geometry ?? { type: "", coordinates: [] };
  const area = type.endsWith("Polygon");
  const lines =
    { Polygon: coordinates, MultiPolygon: coordinates.flat(), LineString: [coordinates],
      MultiLineString: coordinates, Point: [[coordinates]] }[type] ?? [];
  const points = lines.flat();
  const reach = (index, pick) => points.reduce((best, p) => pick(best, p[index]), points[0]?.[index]);
  const box = [reach(0, Math.min), reach(1, Math.min), reach(0, Math.max), reach(1, Math.max)];
  return { area, lines, box, point: type === "Point", name: feature.properties?.name ?? "" };
}

function drawn(features, zoom, x, y) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const context = canvas.getContext("2d");
  context.fillStyle = features.some((f) => f.area) ? WATER : LAND;
  context.fillRect(0, 0, SIZE, SIZE);
  const near = features.filter((f) => touches(f.box, zoom, x, y));
  near.filter((f) => !f.point).forEach((f) => outline(context, f, zoom, x, y));
  near.filter((f) => f.name).forEach((f) => label(context, f, zoom, x, y));
  return canvas.toDataURL();
}

function outline(context, feature, zoom, x, y) {
  context.beginPath();
  feature.lines.forEach((line) => {
    line.forEach((at, i) => {
      const [px, py] = pixel(at, zoom, x, y);
      context[i ? "lineTo" : "moveTo"](px, py);
    });
  });
  if (feature.area) {
    context.fillStyle = LAND;
    context.fill("evenodd");
  }
  context.strokeStyle = LINE;
  context.lineWidth = 1;
  context.stroke();
}

function label(context, feature, zoom, x, y) {
  if (zoom < 10) {
    return;
  }
  const [west, south, east, north] = feature.box;
  const [px, py] = pixel([(west + east) / 2, (south + north) / 2], zoom, x, y);
  context.font = LETTERS;
  context.textAlign = "center";
  context.fillStyle = NAME;
  context.strokeStyle = LAND;
  context.lineWidth = 3;
  context.strokeText(feature.name, px, py);
  context.fillText(feature.name, px, py);
}

/** Where [lon, lat] falls on the tile, in pixels (Web Mercator). */
function pixel([lon, lat], zoom, x, y) {
  const scale = 2 ** zoom * SIZE;
  const sine = Math.sin((lat * Math.PI) / 180);
  const across = ((lon + 180) / 360) * scale;
  const down = (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * scale;
  return [across - x * SIZE, down - y * SIZE];
}

/** A wide margin, so that a name standing across two tiles is drawn on both. */
function touches([west, south, east, north], zoom, x, y) {
  const [left, top] = pixel([west, north], zoom, x, y);
  const [right, bottom] = pixel([east, south], zoom, x, y);
  return right > -SIZE / 2 && left < SIZE * 1.5 && bottom > -SIZE / 2 && top < SIZE * 1.5;
}
