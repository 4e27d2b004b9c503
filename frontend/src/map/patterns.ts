// Patterns and marks drawn on a canvas, so that a state reads without its hue.
import type { Tokens } from "./tokens";

const RATIO = 2;

type Pen = CanvasRenderingContext2D;
export interface Drawn { data: ImageData; pixelRatio: number }

function canvas(size: number, draw: (pen: Pen, size: number) => void): Drawn {
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = size * RATIO;
  const pen = sheet.getContext("2d", { willReadFrequently: true }) as Pen;
  pen.scale(RATIO, RATIO);
  draw(pen, size);
  return { data: pen.getImageData(0, 0, sheet.width, sheet.height), pixelRatio: RATIO };
}

const ground = (pen: Pen, size: number, colour: string) => {
  pen.fillStyle = colour;
  pen.fillRect(0, 0, size, size);
};

function hatch(pen: Pen, size: number, colour: string, width: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift - 2, size + 2);
    pen.lineTo(shift + size + 2, -2);
    pen.stroke();
  }
}

function dots(pen: Pen, size: number, colour: string, radius: number, places: [number, number][]): void {
  pen.fillStyle = colour;
  for (const [x, y] of places) {
    pen.beginPath();
    pen.arc(x * size, y * size, radius, 0, 7);
    pen.fill();
  }
}

function bars(pen: Pen, size: number, colour: string, width: number, upright: boolean): void {
  pen.fillStyle = colour;
  if (upright) pen.fillRect(size / 2 - width / 2, 0, width, size);
  else pen.fillRect(0, size / 2 - width / 2, size, width);
}

const WHITE = "rgba(255,255,255,.62)";
const DARK = "#16211d";
type Fill = (pen: Pen, size: number) => void;

const nothing: Fill = () => undefined;

/** The marks alone: on the map their ground is a fill of its own. */
function marks(t: Tokens): Record<string, Fill> {
  const remaining: Fill = (pen, size) => hatch(pen, size, WHITE, 2);
  return {
    open: remaining,
    remaining,
    sha: (pen, size) => hatch(pen, size, t["remaining-fill"], 2),
    ongoing: (pen, size) => dots(pen, size, DARK, 1.1, [[.25, .25], [.75, .75]]),
    suspended: (pen, size) => bars(pen, size, "rgba(255,255,255,.6)", 1.6, true),
    closed: nothing,
    cleared: nothing,
    reduced: (pen, size) => dots(pen, size, "#0b2f29", 1.1, [[.5, .5]]),
    cancelled: (pen, size) => bars(pen, size, "rgba(35,64,91,.55)", 1, false),
    reported: (pen, size) => hatch(pen, size, t["cha-edge"], 1.2),
  };
}

const SIZES: Record<string, number> = { reduced: 6, cancelled: 5, suspended: 6 };

/** A disc filled with a state's pattern: an area seen from afar. */
function disc(fill: Fill, t: Tokens, dashed: boolean): Drawn {
  return canvas(24, (pen, size) => {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8 * RATIO;
    const inner = tile.getContext("2d") as Pen;
    inner.scale(RATIO, RATIO);
    fill(inner, 8);
    pen.beginPath();
    pen.arc(size / 2, size / 2, size / 2 - 2, 0, 7);
    pen.save();
    pen.clip();
    for (let x = 0; x < size; x += 8) for (let y = 0; y < size; y += 8) pen.drawImage(tile, x, y, 8, 8);
    pen.restore();
    pen.strokeStyle = t.ink;
    pen.lineWidth = 1.4;
    if (dashed) pen.setLineDash([4, 3]);
    pen.stroke();
  });
}

function shape(size: number, path: string, fill: string, mark: string, markPath: string, edge: string): Drawn {
  return canvas(size, (pen) => {
    pen.translate(1, 1);
    pen.scale((size - 2) / 16, (size - 2) / 16);
    pen.strokeStyle = edge;
    pen.lineWidth = 2.4;
    pen.stroke(new Path2D(path));
    pen.fillStyle = fill;
    pen.fill(new Path2D(path));
    pen.strokeStyle = mark;
    pen.lineWidth = 2;
    pen.lineCap = "round";
    pen.stroke(new Path2D(markPath));
  });
}

function box(name: "red" | "yellow" | "blue" | "green" | "grey", t: Tokens): Drawn {
  const mark = t[`box-${name}-mark`];
  return canvas(18, (pen) => {
    ground(pen, 18, t[`box-${name}`]);
    pen.fillStyle = pen.strokeStyle = mark;
    pen.lineWidth = name === "grey" ? 1.6 : 2;
    if (name === "red") dots(pen, 18, mark, 5, [[.5, .5]]);
    if (name === "yellow") pen.fill(new Path2D("M9 3.5l5.5 10h-11z"));
    if (name === "blue") pen.fillRect(5, 5, 8, 8);
    if (name === "green") pen.stroke(new Path2D("M4.5 9.2 8 12.6l5.8-7"));
    if (name === "grey") pen.stroke(new Path2D("M4.5 13.5l9-9"));
  });
}

/** Every image the styles name: `fill-…`, `dot-…`, `finding-…`, `box-…`. */
export function images(t: Tokens): Record<string, Drawn> {
  const all: Record<string, Drawn> = {};
  for (const [name, mark] of Object.entries(marks(t))) {
    all[`fill-${name}`] = canvas(SIZES[name] ?? 8, mark);
    const colour = t[`${name}-fill` as keyof Tokens];
    all[`dot-${name}`] = disc((pen, size) => { if (colour) ground(pen, size, colour); mark(pen, size); }, t, name === "sha");
  }
  const edge = t["map-halo"];
  all["finding-block"] = shape(22, "M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z", t.block, t["block-ink"], "M4.6 8h6.8", edge);
  all["finding-warn"] = shape(22, "M8 .9 15.6 14.6H.4z", t.warn, t["warn-ink"], "M8 6v3.6M8 12.2v.1", edge);
  all["finding-info"] = shape(22, "M8 .6a7.4 7.4 0 1 0 .01 0z", t.info, t["info-ink"], "M8 7.4v4M8 4.5v.1", edge);
  for (const name of ["red", "yellow", "blue", "green", "grey"] as const) all[`box-${name}`] = box(name, t);
  return all;
}
