// What this browser keeps: forms for everybody, and for each person a queue of what was filled in.
import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";

export interface FormKept {
  id: string;
  version: string;
  hash: string;
  titles: Record<string, string>;
  xform: string;
  media: Record<string, { hash: string; text: string }>;
}
/** `sent`: the server has acknowledged it; the content stays until the whole is received. */
export interface FileKept { name: string; type: string; content: Blob | null; size: number; sent: boolean }
export type State = "waiting" | "received" | "held" | "refused";
export interface Outgoing {
  instanceId: string;
  person: string; // the mark of whoever filled it in
  form: string;
  version: string;
  titles: Record<string, string>;
  record: string; // what stands in the question of the id, to tell one from another
  madeAt: number;
  xml: string;
  files: FileKept[];
  state: State;
  receipt: string; // as soon as the server has the report, also while files are still to come
  said: string; // what the server or the line said last
  tries: number;
  triedAt: number;
  doneAt: number;
}
export interface Person {
  mark: string;
  name: string;
  organisation: string;
  device: number; // the number of this browser in the register of devices; 0 before it has one
  door: string; // "/key/<secret>/", "" when there is none: it opens with the next sign-in
  isShutOut: boolean;
}
interface Schema extends DBSchema {
  forms: { key: string; value: FormKept };
  outbox: { key: string; value: Outgoing; indexes: { person: string } };
  persons: { key: string; value: Person };
  ground: { key: string; value: string };
}

const NAME = "datlanh-fill";
const VERSION = 1;
const DONE_KEPT_MS = 60 * 24 * 3600 * 1000; // lines of what was received, without its content

let opened: Promise<IDBPDatabase<Schema>> | undefined;

/** The database. A page of a newer version may need it to itself: then this one lets go of it. */
export function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(NAME, VERSION, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore("forms", { keyPath: "id" });
        db.createObjectStore("outbox", { keyPath: "instanceId" }).createIndex("person", "person");
        db.createObjectStore("persons", { keyPath: "mark" });
        db.createObjectStore("ground");
      }
    },
    blocking(_current, _wanted, event) {
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
    terminated() {
      opened = undefined;
    },
  });
  opened.catch(() => { opened = undefined; });
  return opened;
}

/** On the disk when this resolves, not before: only then may the form be cleared from the page. */
export async function outgoingKeep(found: Outgoing): Promise<void> {
  const db = await database();
  const change = db.transaction("outbox", "readwrite", { durability: "strict" });
  await Promise.all([change.store.put(found), change.done]);
  markWaiting(found.person, await waitingCount(found.person));
}

export async function outgoingDelete(found: Outgoing): Promise<void> {
  await (await database()).delete("outbox", found.instanceId);
  markWaiting(found.person, await waitingCount(found.person));
}

/** One person's queue, the newest first; what was received long ago goes. */
export async function outgoingOf(person: string): Promise<Outgoing[]> {
  const db = await database();
  const all = await db.getAllFromIndex("outbox", "person", person);
  const old = all.filter((o) => (o.state === "received" || o.state === "held") && o.doneAt < Date.now() - DONE_KEPT_MS);
  for (const one of old) await db.delete("outbox", one.instanceId);
  return all.filter((o) => !old.includes(o)).sort((a, b) => b.madeAt - a.madeAt);
}

async function waitingCount(person: string): Promise<number> {
  const all = await (await database()).getAllFromIndex("outbox", "person", person);
  return all.filter((o) => o.state === "waiting").length;
}

/** How many wait that belong to somebody else: told as a number, nothing of them is shown. */
export async function waitingOfOthers(person: string): Promise<number> {
  const all = await (await database()).getAll("outbox");
  return all.filter((o) => o.person !== person && o.state === "waiting").length;
}

// ── What a browser that runs out of space cannot take along: a count in a cookie ──────────────
// Storage goes as a whole; cookies do not go with it. A count higher than what is there means
// that forms were lost, and that is said.
const COUNTS = "fill_waiting";
const HALF_A_YEAR = 180 * 24 * 3600;

export function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

function counts(): Map<string, number> {
  const pairs = cookie(COUNTS).split("~").filter(Boolean).map((part) => part.split("."));
  return new Map(pairs.map(([who = "", n]) => [who, Number(n) || 0]));
}

function markWaiting(person: string, count: number): void {
  const all = counts();
  if (count) all.set(person, count);
  else all.delete(person);
  const text = [...all].map(([who, n]) => `${who}.${n}`).join("~");
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${COUNTS}=${text};path=/;max-age=${text ? HALF_A_YEAR : 0};samesite=lax${secure}`;
}

/** How many forms of this person were waiting here and are gone; the count starts anew. */
export async function lostCount(person: string): Promise<number> {
  const there = await waitingCount(person);
  const lost = (counts().get(person) ?? 0) - there;
  markWaiting(person, there);
  return Math.max(0, lost);
}
