// The icon sprite: Tabler outline icons we use, and our own glyphs for states and findings.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const TABLER = `
  home clipboard-check report file-text files map-2 polygon chart-bar forms device-mobile search plus minus x check
  chevron-right chevron-left chevron-down chevron-up arrow-right arrow-left arrow-up arrow-down filter download upload printer
  calendar calendar-time history clock user users logout login language sun moon device-desktop key keyboard lock shield-lock
  file-spreadsheet external-link link pencil trash arrow-back-up arrows-exchange ban eye eye-off flag phone map-pin
  camera-off stack-2 focus-2 current-location info-circle alert-triangle alert-octagon circle-check circle-x refresh cloud-off
  cloud-upload cloud-check wifi-off dots menu-2 bomb grid-4x4 notebook building building-community database photo table copy send
  inbox git-compare git-merge ruler settings help qrcode notes paperclip scale list plug certificate world bell sort-ascending
  sort-descending adjustments square-check player-pause hourglass qrcode-off device-mobile-off user-check chart-dots maximize
  columns grid-dots heart-handshake school trending-up fingerprint devices user-cog
  checks messages bookmark layout-columns user-plus
  arrow-forward-up vector line
`.trim().split(/\s+/);

// Multi-coloured glyphs read --gl-fill and --gl-mark from the page; the others are currentColor.
const fill = 'fill="var(--gl-fill, currentColor)"';
const mark = 'fill="none" stroke="var(--gl-mark, #fff)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
const line = 'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"';
const GLYPHS = {
  open: ["12", '<circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="2"/>'],
  ongoing: ["12", '<circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M6 1.4a4.6 4.6 0 0 1 0 9.2z" fill="currentColor"/>'],
  suspended: ["12", '<path d="M2.6 1.6h2.2v8.8H2.6zM7.2 1.6h2.2v8.8H7.2z" fill="currentColor"/>'],
  closed: ["12", `<circle cx="6" cy="6" r="5.6" fill="currentColor"/><path d="M3.5 6.2 5.3 8l3.3-3.8" fill="none" stroke="var(--gl-hole, #fff)" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`],
  received: ["12", `<path d="M6 1v6M3.4 4.6 6 7.2l2.6-2.6M1.4 8v2.6h9.2V8" ${line}/>`],
  verified: ["12", `<path d="M1.6 6.4 4.4 9.2l6-6.6" ${line}/>`],
  returned: ["12", `<path d="M4.4 7.6 1.4 4.8l3-2.8M1.6 4.8h5.6a2.7 2.7 0 0 1 0 5.4H5" ${line}/>`],
  approved: ["12", `<circle cx="6" cy="6" r="5.6" fill="currentColor"/><path d="M3.5 6.2 5.3 8l3.3-3.8" fill="none" stroke="var(--gl-hole, #fff)" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`],
  refused: ["12", `<path d="M2.4 2.4l7.2 7.2M9.6 2.4 2.4 9.6" ${line}/>`],
  withdrawn: ["12", `<circle cx="6" cy="6" r="4.8" ${line}/><path d="M2.8 9.2l6.4-6.4" ${line}/>`],
  superseded: ["12", `<path d="M1.4 3.6h7l-2-2M10.6 8.4h-7l2 2" ${line}/>`],
  replaced: ["12", `<path d="M1.4 3.6h7l-2-2M10.6 8.4h-7l2 2" ${line}/>`],
  draft: ["12", `<path d="M1.8 10.2l.5-2.4 6-6 1.9 1.9-6 6z" ${line}/>`],
  block: ["16", `<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" ${fill}/><path d="M4.6 8h6.8" ${mark}/>`],
  warn: ["16", `<path d="M8 .9 15.6 14.6H.4z" ${fill}/><path d="M8 6v3.6M8 12.2v.1" ${mark}/>`],
  info: ["16", `<circle cx="8" cy="8" r="7.4" ${fill}/><path d="M8 7.4v4M8 4.5v.1" ${mark}/>`],
  "box-red": ["18", '<rect width="18" height="18" fill="var(--box-red)"/><circle cx="9" cy="9" r="5" fill="var(--box-red-mark)"/>'],
  "box-yellow": ["18", '<rect width="18" height="18" fill="var(--box-yellow)"/><path d="M9 3.5l5.5 10h-11z" fill="var(--box-yellow-mark)"/>'],
  "box-blue": ["18", '<rect width="18" height="18" fill="var(--box-blue)"/><path d="M5 5h8v8H5z" fill="var(--box-blue-mark)"/>'],
  "box-green": ["18", '<rect width="18" height="18" fill="var(--box-green)"/><path d="M4.5 9.2 8 12.6l5.8-7" fill="none" stroke="var(--box-green-mark)" stroke-width="2"/>'],
  "box-grey": ["18", '<rect width="18" height="18" fill="var(--box-grey)"/><path d="M4.5 13.5l9-9" fill="none" stroke="var(--box-grey-mark)" stroke-width="1.6"/>'],
};

/** One SVG of <symbol>s: `search` … from Tabler, `g-open` … our own. */
export async function sprite(modules) {
  const icons = await Promise.all(TABLER.map(async (name) => {
    const text = await readFile(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const body = text.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  }));
  const glyphs = Object.entries(GLYPHS).map(([name, [size, body]]) => `<symbol id="g-${name}" viewBox="0 0 ${size} ${size}">${body}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg">${[...icons, ...glyphs].join("")}</svg>\n`;
}
