// The forms one may choose from, and the queue: what waits, what was received, what was refused.
import { formsKept, formsRefresh, groundRefresh, reasonOf, ShutOut } from "./forms";
import { byId, home, language, notice, others, useTheme, useWorker } from "./page";
import { doorOf, whoIsHere } from "./person";
import type { Who } from "./person";
import { showForms, showQueue } from "./rows";
import { dueAt, sendWaiting } from "./send";
import { lostCount, outgoingOf, waitingOfOthers } from "./store";
import { watchMachine } from "./machine";

const LOOK_EVERY_MS = 20_000;
let who: Who = { is: "signed-out" };
let onItsWay = "";
let begun = Promise.resolve();

useTheme();
useWorker();
watchMachine();
void begin();

/** Who is here, what is kept, what waits: from the top, one at a time. */
function begin(isAsked = false): Promise<void> {
  begun = begun.then(() => start(isAsked)).catch(() => undefined);
  return begun;
}

async function start(isAsked: boolean): Promise<void> {
  who = await whoIsHere();
  document.documentElement.dataset.who = who.is;
  notice("signed-out", who.is === "signed-out");
  notice("may-not", who.is === "may-not", { why: who.is === "may-not" ? who.said : "" });
  notice("others", false);
  if (who.is !== "known") {
    byId("who").textContent = "";
    showForms([]);
    showQueue([], actions);
    return;
  }
  byId("who").textContent = who.person.name;
  notice("offline", !who.online);
  const lost = await lostCount(who.person.mark);
  if (lost) notice("lost", true, { count: String(lost) });
  const theirs = await waitingOfOthers(who.person.mark);
  if (theirs) notice("others", true, { count: String(theirs) });
  showForms(await formsKept());
  await look();
  if (!who.online) return;
  await Promise.all([refresh(), send(isAsked)]);
}

/** Forms and ground anew; without a line the kept ones stay. */
async function refresh(): Promise<void> {
  if (who.is !== "known") return;
  try {
    who.person = await doorOf(who.person.mark, who.csrf);
    notice("shut-out", who.person.isShutOut, { why: "" });
    if (who.person.isShutOut) return showForms([]);
    showForms(await formsRefresh(who.person, who.csrf));
    await groundRefresh();
    byId("forms").dataset.kept = "yes";
  } catch (error) {
    if (error instanceof ShutOut) {
      notice("shut-out", true, { why: error.message });
      showForms([]);
    } else if (!(await formsKept()).length) {
      notice("no-forms", true, { why: reasonOf(error) });
    }
  }
}

async function look(): Promise<void> {
  if (who.is !== "known") return;
  showQueue(await outgoingOf(who.person.mark), actions, onItsWay);
}

async function send(isAsked: boolean): Promise<void> {
  if (who.is !== "known" || !who.online) return;
  const telling = {
    sending(instanceId: string) { onItsWay = instanceId; void look(); },
    changed() { onItsWay = ""; void look(); others?.postMessage("changed"); },
  };
  await sendWaiting({ mark: who.person.mark, csrf: who.csrf, language }, telling, isAsked);
  onItsWay = "";
  await look();
}

const actions = {
  async changed() { others?.postMessage("changed"); await look(); },
  async send() {
    await begin(true); // who sits here may have changed, and the line too
  },
};

byId("send-now").addEventListener("click", () => void actions.send());
addEventListener("online", () => void begin(true));
addEventListener("offline", () => notice("offline", who.is === "known"));
addEventListener("pageshow", (event) => { if (event.persisted) void begin(); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") void begin(); });
others?.addEventListener("message", () => void look());
setInterval(async () => {
  if (who.is !== "known" || document.visibilityState !== "visible") return;
  const waiting = (await outgoingOf(who.person.mark)).filter((o) => o.state === "waiting");
  if (!waiting.length || waiting.every((o) => Date.now() < dueAt(o))) return;
  if (who.online) await send(false);
  else await begin();
}, LOOK_EVERY_MS);

if (new URLSearchParams(location.search).has("done")) {
  // Once told: a reload shows the queue and no news.
  history.replaceState(null, "", `${home}#queue`);
}
