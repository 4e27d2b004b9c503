// Who sits here. With a line the server says it; without one, the mark of who signed in last and
// has not signed out. A queue is shown to its own person and to nobody else.
import { cookie, database } from "./store";
import type { Person } from "./store";

const MARK = "fill_person"; // set and dropped by the server, see delivery/browsers.py

const PATIENCE_MS = 20_000; // a line that hangs is no line

export type Who =
  | { is: "known"; person: Person; online: boolean; csrf: string }
  | { is: "signed-out" }
  | { is: "may-not"; said: string };

export async function whoIsHere(): Promise<Who> {
  let answer: Response;
  try {
    answer = await fetch("/fill/me", { redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return lastHere();
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    await doorsForget("");
    return { is: "signed-out" };
  }
  if (answer.status === 403) return { is: "may-not", said: await said(answer) };
  if (!answer.ok) return lastHere();
  const told = await answer.json().catch(() => null) as { person: string; name: string; organisation: string; csrf: string } | null;
  if (!told) return lastHere(); // somebody's sign-in page between us and the server
  await doorsForget(told.person);
  const db = await database();
  const before = await db.get("persons", told.person);
  const person: Person = { device: 0, door: "", isShutOut: false, ...before, mark: told.person, name: told.name, organisation: told.organisation };
  await db.put("persons", person);
  return { is: "known", person, online: true, csrf: told.csrf };
}

async function lastHere(): Promise<Who> {
  const mark = cookie(MARK);
  const person = mark ? await (await database()).get("persons", mark) : undefined;
  return person ? { is: "known", person, online: false, csrf: "" } : { is: "signed-out" };
}

async function said(answer: Response): Promise<string> {
  const told = await answer.json().catch(() => ({})) as { detail?: string };
  return told.detail ?? "";
}

/** The secrets of everybody but one: whoever comes back is given a new one. */
async function doorsForget(but: string): Promise<void> {
  const db = await database();
  for (const person of await db.getAll("persons")) {
    if (person.mark !== but && person.door) await db.put("persons", { ...person, door: "" });
  }
}

/** This browser's way in: the one it has, or a new secret for whoever is signed in.
 *  `stale` is a door that the server does not know any more. */
export function doorOf(mark: string, csrf: string, stale = ""): Promise<Person> {
  return alone("datlanh-door", async () => {
    const db = await database();
    const person = await db.get("persons", mark);
    if (!person) throw new Error("nobody is here");
    if (person.door && person.door !== stale) return person;
    const body = new URLSearchParams({ known: person.device ? String(person.device) : "" });
    const answer = await fetch("/fill/device", { method: "POST", redirect: "manual", headers: { "X-CSRFToken": csrf, Accept: "application/json" }, body, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(await said(answer));
    const told = await answer.json() as { id: number; door: string; is_shut_out: boolean };
    const now: Person = { ...person, device: told.id, door: told.door, isShutOut: told.is_shut_out };
    await db.put("persons", now);
    return now;
  });
}

/** One page at a time, where the browser can tell (an address without HTTPS has no locks). */
export function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(name, work) as Promise<T> : work();
}
