// From the queue to the OpenRosa door. Nothing leaves the queue before the server's receipt; the
// same instance sent twice is one report there, so whatever is in doubt is sent again.
import { reasonOf, sentence } from "./forms";
import { doorOf } from "./person";
import { outgoingKeep, outgoingOf } from "./store";
import type { FileKept, Outgoing } from "./store";

const PART_BYTES = 8 * 1024 * 1024; // each part is safe once it is answered
const PATIENCE_MS = 10 * 60 * 1000;
const FIRST_WAIT_MS = 20_000;
const LONGEST_WAIT_MS = 15 * 60 * 1000;
const NOT_NOW = new Set([401, 404, 408, 425, 429]);

export interface Sender { mark: string; csrf: string; language: string }
/** Told as it goes: an instance on its way, and whatever changed. */
export interface Telling { sending(instanceId: string): void; changed(): void }

/** Send what waits, oldest first; one page does it at a time. False: another page is at it. */
export async function sendWaiting(who: Sender, telling: Telling, isAsked: boolean): Promise<boolean> {
  const work = async (lock: Lock | null): Promise<boolean> => {
    if (lock === null) return false;
    const waiting = (await outgoingOf(who.mark)).filter((o) => o.state === "waiting").reverse();
    for (const one of waiting) {
      if (!isAsked && Date.now() < dueAt(one)) continue;
      telling.sending(one.instanceId);
      const goesOn = await sent(one, who);
      telling.changed();
      if (!goesOn) break; // no line, or a server that is busy: the others would fare no better
    }
    return true;
  };
  return navigator.locks ? navigator.locks.request("datlanh-send", { ifAvailable: true }, work) : work({} as Lock);
}

/** When it is tried again: soon at first, then ever later. */
export function dueAt(one: Outgoing): number {
  return one.tries ? one.triedAt + Math.min(FIRST_WAIT_MS * 2 ** (one.tries - 1), LONGEST_WAIT_MS) : 0;
}

async function sent(one: Outgoing, who: Sender): Promise<boolean> {
  let renewed = false;
  for (;;) {
    const part = nextPart(one);
    let door = "", answer: Response, told: string;
    try {
      door = (await doorOf(who.mark, who.csrf)).door;
      answer = await post(door, one, part, who.language);
      told = sentence(await answer.text());
    } catch (error) {
      return later(one, reasonOf(error));
    }
    const isOurs = answer.headers.get("X-OpenRosa-Version") === "1.0";
    const receipt = answer.headers.get("X-Datlanh-Receipt") ?? "";
    if (isOurs && receipt && (answer.status === 201 || answer.status === 202)) {
      await acknowledged(one, part, receipt, told, answer.headers.has("X-Datlanh-Held"));
      if (one.state !== "waiting") return true;
      continue; // more files
    }
    if (answer.status === 404 && !renewed) {
      renewed = true; // the secret is no longer known: whoever is signed in gets another
      try {
        await doorOf(who.mark, who.csrf, door);
        continue;
      } catch {
        return later(one, "");
      }
    }
    if (isOurs && answer.status >= 400 && answer.status < 500 && !NOT_NOW.has(answer.status)) {
      Object.assign(one, { state: "refused", said: told || `HTTP ${answer.status}`, doneAt: Date.now() });
      await outgoingKeep(one);
      return true;
    }
    return later(one, told || `HTTP ${answer.status}`);
  }
}

/** The files that go along now: as many as fit into one part, at least one of what is left. */
function nextPart(one: Outgoing): FileKept[] {
  const part: FileKept[] = [];
  let size = 0;
  for (const file of one.files.filter((f) => !f.sent && f.content)) {
    if (part.length && size + file.size > PART_BYTES) break;
    part.push(file);
    size += file.size;
  }
  return part;
}

function post(door: string, one: Outgoing, part: FileKept[], language: string): Promise<Response> {
  const body = new FormData();
  body.append("xml_submission_file", new File([one.xml], "submission.xml", { type: "text/xml" }));
  for (const file of part) body.append(file.name, new File([file.content as Blob], file.name, { type: file.type }), file.name);
  const headers = { "X-OpenRosa-Version": "1.0", "Accept-Language": language };
  return fetch(`${door}submission`, { method: "POST", credentials: "omit", headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
}

async function acknowledged(one: Outgoing, part: FileKept[], receipt: string, told: string, isHeld: boolean): Promise<void> {
  for (const file of part) file.sent = true;
  // The number is shown by itself; what else the sentence says (an old form, a file refused) stays.
  const isPlain = told.trim().endsWith(`${receipt}.`);
  Object.assign(one, { receipt, said: isPlain && !isHeld ? "" : told, tries: 0 });
  if (one.files.every((f) => f.sent || !f.content)) {
    // Received as a whole: the line stays, with its number; the content goes.
    for (const file of one.files) file.content = null;
    Object.assign(one, { state: isHeld ? "held" : "received", doneAt: Date.now(), xml: "" });
  }
  await outgoingKeep(one);
}

async function later(one: Outgoing, why: string): Promise<boolean> {
  Object.assign(one, { tries: one.tries + 1, triedAt: Date.now(), said: why });
  await outgoingKeep(one);
  return false;
}
