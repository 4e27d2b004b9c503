// One form, by the engine; what is sent goes to the queue of whoever fills it in.
import { formsKept, formsRefresh, groundKept, groundRefresh, reasonOf, ShutOut } from "./forms";
import { byId, copyOf, home, language, moment, notice, others, useTheme, useWorker, word } from "./page";
import { doorOf, whoIsHere } from "./person";
import type { Who } from "./person";
import { outgoingKeep } from "./store";
import type { FormKept, Outgoing, Person } from "./store";

interface Sending { instanceId: string; xml: string; files: File[]; received(): void; failed(message?: string): void }
interface Engine { openForm(place: HTMLElement, options: Record<string, unknown>): Promise<void> }
interface Prefilled { form: string; version: string; title: string; subject: string; xform: string; left_out: string[] }
type Known = Extract<Who, { is: "known" }>;

const VIEW = "106.95,16.85,9"; // the province, where an empty map opens
const place = byId("form-engine");
const asked = new URLSearchParams(location.search);
let isTouched = false;

useTheme();
useWorker();
start().catch((error: unknown) => fail("broken", error instanceof Error ? error.message : ""));

async function start(): Promise<void> {
  const who = await whoIsHere();
  if (who.is === "signed-out") return fail("signed-out");
  if (who.is === "may-not") return fail("may-not", who.said);
  const found = await formWanted(who);
  if (!found) return;
  byId("form-title").textContent = found.form.titles[language] ?? found.form.id;
  document.title = `${found.form.titles[language]} · Đất Lành`;
  notice("offline", !who.online);
  const engine = await import(place.dataset.engine ?? "") as Engine;
  place.replaceChildren();
  place.removeAttribute("aria-busy");
  await engine.openForm(place, {
    xml: found.xform,
    media: (name: string) => Promise.resolve(mediaOf(found.form, name)),
    basemap: await ground(who),
    view: VIEW,
    language,
    submitted: (sending: Sending) => submitted(sending, found.form, who.person),
  });
  watch();
}

/** The form that the address names: as kept here, or as the server fills it in. */
async function formWanted(who: Known): Promise<{ form: FormKept; xform: string } | undefined> {
  const prefill = asked.get("report") || asked.get("record") ? await prefilled(who) : undefined;
  if (prefill === null) return undefined;
  const id = prefill?.form ?? asked.get("id") ?? "";
  let form = (await formsKept()).find((f) => f.id === id);
  const isOld = !form || (prefill !== undefined && form.version !== prefill.version);
  if (isOld && who.online) {
    try {
      const person = await doorOf(who.person.mark, who.csrf);
      form = (await formsRefresh(person, who.csrf)).find((f) => f.id === id);
    } catch (error) {
      return void fail(error instanceof ShutOut ? "shut-out" : "no-form", reasonOf(error));
    }
  }
  if (!form || (prefill && form.version !== prefill.version)) return void fail("no-form");
  return { form, xform: prefill?.xform ?? form.xform };
}

/** A form with answers; null where there is none, and that was said. */
async function prefilled(who: Known): Promise<Prefilled | null> {
  if (!who.online) return fail("needs-line"), null;
  const answer = await fetch(`/fill/prefilled?${asked}`, { redirect: "manual", headers: { Accept: "application/json", "Accept-Language": language } });
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({})) as { detail?: string };
    return fail("no-prefill", told.detail ?? ""), null;
  }
  const found = await answer.json() as Prefilled;
  notice(asked.get("report") ? "corrects" : "updates", true, { subject: found.subject, now: moment(Date.now()) });
  if (found.left_out.length) notice("left-out", true, { questions: found.left_out.join(", ") });
  return found;
}

async function ground(who: Known): Promise<unknown> {
  const kept = await groundKept();
  if (kept || !who.online) return kept;
  await groundRefresh().catch(() => undefined);
  return groundKept();
}

function mediaOf(form: FormKept, name: string): Response {
  const found = form.media[name];
  return found ? new Response(found.text, { headers: { "Content-Type": "text/csv; charset=utf-8" } }) : new Response("", { status: 404 });
}

async function submitted(sending: Sending, form: FormKept, person: Person): Promise<void> {
  // Somebody else may have signed in here on another page meanwhile: then it waits for this one.
  const one: Outgoing = {
    instanceId: sending.instanceId, person: person.mark, form: form.id, version: form.version, titles: form.titles,
    record: recordIn(sending.xml), madeAt: Date.now(), xml: sending.xml,
    files: sending.files.map((f) => ({ name: f.name, type: f.type, content: f, size: f.size, sent: false })),
    state: "waiting", receipt: "", said: "", tries: 0, triedAt: 0, doneAt: 0,
  };
  try {
    await outgoingKeep(one);
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
    notice(isFull ? "full" : "not-kept", true, { why: error instanceof Error ? error.message : "" });
    byId("notices").scrollIntoView({ block: "start" });
    return sending.failed();
  }
  isTouched = false;
  others?.postMessage("changed");
  sending.received();
  location.assign(`${home}?done=${encodeURIComponent(one.instanceId)}`);
}

/** The answer to the question of the id, by its name: `cha_id`, `lr_id`, `accident_id` … */
function recordIn(xml: string): string {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  const ids = [...found.getElementsByTagName("*")].filter((e) => /_id$/.test(e.localName) && !e.children.length);
  return ids[0]?.textContent?.trim() ?? "";
}

/** No drafts are kept: who leaves is asked, once something was answered. */
function watch(): void {
  const touched = () => { isTouched = true; };
  for (const kind of ["input", "change"]) place.addEventListener(kind, touched);
  place.addEventListener("click", (event) => {
    if ((event.target as Element).closest(".ol-viewport, [role=option], [role=radio], [role=checkbox]")) touched();
  });
  addEventListener("beforeunload", (event) => { if (isTouched) event.preventDefault(); });
}

function fail(name: string, why = ""): void {
  place.removeAttribute("aria-busy");
  place.replaceChildren(copyOf(`fail-${name}`, { why }));
  place.querySelector<HTMLElement>("[data-hides]")?.toggleAttribute("hidden", !why);
  byId("form-title").textContent = word("form");
}
