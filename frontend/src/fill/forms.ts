// Forms as phones get them: the list, each form that changed, its files; and the ground of maps.
import { doorOf } from "./person";
import { database } from "./store";
import type { FormKept, Person } from "./store";

export class ShutOut extends Error {} // its message is what the server said
export class Gone extends Error {}

interface Listed { id: string; version: string; hash: string; name: string; url: string; manifest: string }

const LANGUAGES = ["vi", "en"];
const PATIENCE_MS = 60_000;

/** Every form on offer, stored here; forms that are offered no more go. Throws where there is no line. */
export async function formsRefresh(person: Person, csrf: string): Promise<FormKept[]> {
  try {
    return await refreshed(person);
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    return refreshed(await doorOf(person.mark, csrf, person.door)); // the secret was renewed elsewhere
  }
}

async function refreshed(person: Person): Promise<FormKept[]> {
  const lists = await Promise.all(LANGUAGES.map((language) => listed(person.door, language)));
  const db = await database();
  const offered: FormKept[] = [];
  for (const line of lists[0] ?? []) {
    const titles = Object.fromEntries(LANGUAGES.map((language, i) => [language, lists[i]?.find((l) => l.id === line.id)?.name ?? line.name]));
    const before = await db.get("forms", line.id);
    const isSame = before?.hash === line.hash && before.version === line.version;
    const xform = isSame ? before.xform : await textOf(line.url);
    // A published version never changes, and neither do its files.
    const media = isSame ? before.media : line.manifest ? await mediaOf(line.manifest, before?.media ?? {}) : {};
    const kept: FormKept = { id: line.id, version: line.version, hash: line.hash, titles, xform, media };
    await db.put("forms", kept);
    offered.push(kept);
  }
  for (const id of await db.getAllKeys("forms")) {
    if (!offered.some((form) => form.id === id)) await db.delete("forms", id);
  }
  return offered;
}

export async function formsKept(): Promise<FormKept[]> {
  return (await database()).getAll("forms");
}

/** The gazetteer's outlines and names, behind points and areas. */
export async function groundRefresh(): Promise<void> {
  const answer = await fetch("/map/basemap.geojson", { redirect: "manual", headers: { Accept: "application/geo+json" } });
  if (answer.ok) await (await database()).put("ground", await answer.text(), "basemap");
}

export async function groundKept(): Promise<unknown> {
  const text = await (await database()).get("ground", "basemap");
  return text ? JSON.parse(text) : undefined;
}

async function listed(door: string, language: string): Promise<Listed[]> {
  const xml = await xmlOf(`${door}formList`, language);
  return [...xml.getElementsByTagName("xform")].map((form) => {
    const said = (name: string) => form.getElementsByTagName(name)[0]?.textContent ?? "";
    return { id: said("formID"), version: said("version"), hash: said("hash"), name: said("name"), url: said("downloadUrl"), manifest: said("manifestUrl") };
  });
}

async function mediaOf(manifest: string, before: FormKept["media"]): Promise<FormKept["media"]> {
  const found: FormKept["media"] = {};
  for (const file of (await xmlOf(manifest)).getElementsByTagName("mediaFile")) {
    const said = (name: string) => file.getElementsByTagName(name)[0]?.textContent ?? "";
    const known = before[said("filename")];
    found[said("filename")] = known?.hash === said("hash") ? known : { hash: said("hash"), text: await textOf(said("downloadUrl")) };
  }
  return found;
}

async function xmlOf(url: string, language = ""): Promise<Document> {
  return new DOMParser().parseFromString(await textOf(url, language), "application/xml");
}

/** Only the path: behind a proxy the server may not know by what name it was called. */
async function textOf(url: string, language = ""): Promise<string> {
  const { pathname, search } = new URL(url, location.href);
  const headers: Record<string, string> = { "X-OpenRosa-Version": "1.0", ...(language ? { "Accept-Language": language } : {}) };
  const answer = await fetch(pathname + search, { credentials: "omit", headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 404) throw new Gone();
  const text = await answer.text();
  if (answer.status === 403) throw new ShutOut(sentence(text));
  if (!answer.ok || answer.headers.get("X-OpenRosa-Version") !== "1.0") throw new Error(sentence(text));
  return text;
}

/** What the server said to it; nothing of what the browser says of a line that broke. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && error.name === "Error" ? error.message : "";
}

/** The one sentence of an OpenRosa answer. */
export function sentence(xml: string): string {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  return found.getElementsByTagName("message")[0]?.textContent ?? "";
}
