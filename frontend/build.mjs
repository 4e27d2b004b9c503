// Builds the static files of the house: `npm ci && npm run build`. Nothing is fetched here.
import { build, context } from "esbuild";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileAsync } from "sass";
import { sprite } from "./icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const out = join(here, "../src/datlanh/delivery/static/datlanh/build");
const watching = process.argv.includes("--watch");

// No source maps: Django's manifest storage would look for the files they name.
const common = {
  bundle: true, minify: true, target: ["chrome109", "firefox115", "safari16"], charset: "utf8", legalComments: "none", logLevel: "warning",
};
const bundles = [
  { ...common, entryPoints: [join(here, "src/app.ts")], format: "iife", outfile: join(out, "app.js") },
  { ...common, entryPoints: [join(here, "src/map/main.ts")], format: "esm", outfile: join(out, "map.js") },
  // The app that fills forms in: its two pages, and the worker that keeps them for when there is no line.
  { ...common, entryPoints: [join(here, "src/fill/choose.ts")], format: "iife", outfile: join(out, "fill.js") },
  { ...common, entryPoints: [join(here, "src/fill/form.ts")], format: "esm", outfile: join(out, "fill-form.js") },
  { ...common, entryPoints: [join(here, "src/fill/worker.ts")], format: "iife", outfile: join(out, "fill-worker.js") },
  { ...common, entryPoints: [join(here, "src/map/draw/main.ts")], format: "esm", outfile: join(out, "draw.js") },
  { ...common, entryPoints: [join(here, "src/map/boxes/main.ts")], format: "esm", outfile: join(out, "boxes.js") },
];

async function styles() {
  const { css } = await compileAsync(join(here, "src/css/app.scss"), {
    style: "compressed", loadPaths: [modules], quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  await writeFile(join(out, "app.css"), css.replace(/^\uFEFF/, ""));
}

async function fonts() {
  const wanted = [400, 500, 600, 700].flatMap((w) => [
    ["be-vietnam-pro", "latin", w], ["be-vietnam-pro", "vietnamese", w], ...(w < 700 ? [["inter", "latin", w]] : []),
  ]);
  await mkdir(join(out, "fonts"), { recursive: true });
  await Promise.all(wanted.map(([family, script, weight]) => copyFile(
    join(modules, "@fontsource", family, "files", `${family}-${script}-${weight}-normal.woff2`),
    join(out, "fonts", `${family}-${script}-${weight}.woff2`),
  )));
}

async function worker() {
  const text = await readFile(join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs"), "utf8");
  await writeFile(join(out, "map-worker.js"), text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

const ICONS = ["icon-192.png", "icon-512.png"];
const OWN = ["fill.js", "fill-form.js", "fill-worker.js", ...ICONS];

// Only what is ours: other builds write beside us.
await Promise.all(["app.css", "app.js", "map.js", "draw.js", "boxes.js", "map-worker.js", "icons.svg", "favicon.svg", "fonts", ...OWN]
  .map((name) => rm(join(out, name), { recursive: true, force: true })));
await mkdir(out, { recursive: true });
await Promise.all([
  ...ICONS.map((name) => copyFile(join(here, "src/icons", name), join(out, name))),
  styles(), fonts(), worker(),
  sprite(modules).then((svg) => writeFile(join(out, "icons.svg"), svg)),
  copyFile(join(here, "src/favicon.svg"), join(out, "favicon.svg")),
  ...bundles.map((b) => build(b)),
]);
if (watching) {
  for (const bundle of bundles) await (await context(bundle)).watch();
  const { watch } = await import("node:fs");
  watch(join(here, "src/css"), () => styles().catch((error) => console.error(error.message)));
}
