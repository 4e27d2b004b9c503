// The package speaks English only; patches.js lets it ask here for each of its sentences.
import words from "./words.json";

let table = {};

export function setLanguage(language) {
  table = language === "vi" ? words : {};
}

globalThis.datlanhSay = (phrase, n) => (table[phrase] ?? phrase).replace("{n}", n);
