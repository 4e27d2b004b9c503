// What the house changes in @getodk/web-forms 0.22.0 while building.
//
// The package is pinned. Each change names the text it replaces and how often it must occur, so
// that a new release which moved it stops the build instead of slipping through.
import words from "./src/words.json" with { type: "json" };

const PACKAGE = /node_modules\/@getodk\/web-forms\/dist\/.*\.js$/;

// Words that are also used as keys or names elsewhere: only this place is translated.
const IN_PLACE = [
  ['label: "Send"', 'label: globalThis.datlanhSay("Send")'],
  ['label: "Save"', 'label: globalThis.datlanhSay("Save")'],
  ['label: "Cancel"', 'label: globalThis.datlanhSay("Cancel")'],
  ['label: "Remove"', 'label: globalThis.datlanhSay("Remove")'],
  ['label: "Delete"', 'label: globalThis.datlanhSay("Delete")'],
  ['title: "Delete"', 'title: globalThis.datlanhSay("Delete")'],
  ['{ class: "mobile-only" }, "Remove"', '{ class: "mobile-only" }, globalThis.datlanhSay("Remove")'],
  ['" Add "', 'globalThis.datlanhSay("Add") + " "'],
  ["`${QA} questions with errors.`", 'globalThis.datlanhSay("{n} questions with errors.", QA)'],
  ["`${d} points saved`", 'globalThis.datlanhSay("{n} points saved", d)'],
  ["`Longitude: ${h}`, `Latitude: ${u}`", '`${globalThis.datlanhSay("Longitude")}: ${h}`, `${globalThis.datlanhSay("Latitude")}: ${u}`'],
];

const FILE_CONTROL = `return () => (openBlock(), createElementBlock("div", null, [
  createVNode(ControlText, { question: eA.question }, null, 8, ["question"]),
  createElementVNode("input", {
    type: "file",
    class: "datlanh-file",
    disabled: eA.question.currentState.readonly === true,
    onChange: (event) => eA.question.setValue(event.target.files?.[0] ?? null)
  }, null, 40, ["disabled"])
]));`;

const CHANGES = [
  // The map asks no server on the Internet: tiles are drawn here, see src/basemap.js.
  ['"https://tile.openstreetmap.org/{z}/{x}/{y}.png"', '"data:,{z}/{x}/{y}"', 1],
  [/new (\w+)\(\{ source: new (\w+)\(\) \}\)/g, "new $1({ source: new $2(globalThis.datlanhMap) })", 1],
  [
    /center: (\w+),\s+zoom: (\w+),(\s+\/\/ Prevent map cloning)/g,
    "center: globalThis.datlanhMap.center ?? $1, zoom: globalThis.datlanhMap.zoom ?? $2,$3",
    1,
  ],
  [/'&#169; <a href="https:\/\/www\.openstreetmap\.org\/copyright"[^']*'/g, "''", 1],
  // Glue for loading further WASM libraries, never reached; a strict page allows no eval.
  [/\beval\(func\)/g, "globalThis.datlanhNoEval(func)", 2],
  // A photo is made smaller before it becomes an answer; src/busy.js keeps whoever sends waiting for it.
  [
    /(\w+)\((\w+), (\w+)\.question\.maxPixels\)\.then\(/g,
    "globalThis.datlanhBusy($1($2, $3.question.maxPixels)).then(",
    1,
  ],
  // Files that are no images: the engine takes them, the component was still a placeholder.
  [
    /return \(tA, AA\) => \(openBlock\(\), createElementBlock\("p", null, "[^"]*non-image uploads is pending[^"]*"\)\);/g,
    FILE_CONTROL,
    1,
  ],
];

function replaced(code, from, to) {
  if (from instanceof RegExp) {
    return [code.replace(from, to), [...code.matchAll(from)].length];
  }
  return [code.replaceAll(from, to), code.split(from).length - 1];
}

export function housePatches() {
  const seen = new Map();
  const changes = [
    ...CHANGES,
    ...IN_PLACE.map(([from, to]) => [from, to]),
    ...Object.keys(words)
      .filter((phrase) => phrase.length > 6 && !IN_PLACE.some(([, to]) => to.includes(`"${phrase}"`)))
      .flatMap((phrase) => {
        // Text between tags keeps the blanks around it in the compiled package.
        const say = `globalThis.datlanhSay(${JSON.stringify(phrase)})`;
        return [[new RegExp(`"( ?)${escaped(phrase)}( ?)"(?!:)`, "g"), say, undefined, phrase]];
      }),
  ];
  return {
    name: "datlanh-patches",
    enforce: "pre",
    transform(code, id) {
      if (!PACKAGE.test(id)) {
        return null;
      }
      let patched = code;
      changes.forEach(([from, to], number) => {
        const [next, times] = replaced(patched, from, to);
        seen.set(number, (seen.get(number) ?? 0) + times);
        patched = next;
      });
      return { code: patched, map: null };
    },
    buildEnd(error) {
      if (error) {
        return;
      }
      changes.forEach(([from, , wanted, phrase], number) => {
        const times = seen.get(number) ?? 0;
        if (times === 0 || (wanted !== undefined && times !== wanted)) {
          this.error(`web-forms changed: ${phrase ?? from} found ${times} times`);
        }
      });
    },
  };
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
