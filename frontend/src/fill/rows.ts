// Lists as the page shows them: the forms on offer, and the queue with its states.
import { byId, bytes, copyOf, home, language, moment, word } from "./page";
import { outgoingDelete, outgoingKeep } from "./store";
import type { FormKept, Outgoing } from "./store";

interface Actions { send(): Promise<void>; changed(): Promise<void> }

export function showForms(forms: FormKept[]): void {
  const list = byId("form-list");
  const sorted = [...forms].sort((a, b) => title(a).localeCompare(title(b), language));
  list.replaceChildren(...sorted.map((form) => {
    const row = copyOf("form-row", { title: title(form), version: form.version });
    const link = row.querySelector("a");
    if (link) link.href = `${home}form?id=${encodeURIComponent(form.id)}`;
    return row;
  }));
  byId("forms").hidden = !forms.length;
}

export function showQueue(all: Outgoing[], actions: Actions, onItsWay = ""): void {
  const list = byId("queue-list");
  const opened = new Set([...list.querySelectorAll<HTMLElement>("li:has(details[open])")].map((li) => li.dataset.id));
  list.replaceChildren(...all.map((one) => {
    const row = rowOf(one, actions, one.instanceId === onItsWay);
    if (opened.has(one.instanceId)) row.querySelector("details")?.setAttribute("open", "");
    return row;
  }));
  byId("queue").hidden = !all.length;
  byId("send-now").hidden = !all.some((o) => o.state === "waiting");
}

function title(one: { titles: Record<string, string> }): string {
  return one.titles[language] ?? Object.values(one.titles)[0] ?? "";
}

function rowOf(one: Outgoing, actions: Actions, isOnItsWay: boolean): DocumentFragment {
  const state = isOnItsWay ? "sending" : one.state;
  const left = one.files.filter((f) => !f.sent).length;
  const files = one.files.length ? word("files", { n: one.files.length, size: bytes(one.files.reduce((sum, f) => sum + f.size, 0)) }) : "";
  const row = copyOf(`queue-${state}`, {
    title: title(one), record: one.record, made: moment(one.madeAt), files,
    receipt: one.receipt, said: one.said, done: one.doneAt ? moment(one.doneAt) : "",
    why: whyWaiting(one, left),
  });
  const item = row.querySelector("li");
  item?.setAttribute("data-id", one.instanceId);
  item?.setAttribute("data-state", state);
  for (const slot of row.querySelectorAll("[data-slot]:empty")) slot.remove();
  const link = row.querySelector<HTMLAnchorElement>("a[data-report]");
  if (link) link.href = `/reports/${encodeURIComponent(one.receipt)}`;
  on(row, "again", async () => { await outgoingKeep({ ...one, state: "waiting", tries: 0, doneAt: 0 }); await actions.send(); });
  on(row, "save", () => save(one));
  on(row, "delete", async () => { await outgoingDelete(one); await actions.changed(); });
  return row;
}

function whyWaiting(one: Outgoing, left: number): string {
  if (one.receipt && left) return word("files-left", { receipt: one.receipt, n: left });
  if (one.tries) return `${word("tried", { at: moment(one.triedAt) })} ${one.said}`.trim();
  return word("not-tried");
}

function on(row: DocumentFragment, name: string, act: () => unknown): void {
  row.querySelector(`[data-act="${name}"]`)?.addEventListener("click", () => void act());
}

/** The answers and each file, as downloads: what was refused is not lost with the browser. */
function save(one: Outgoing): void {
  const stem = (one.record || one.form).replace(/[^\w-]+/g, "_");
  const parts: [Blob, string][] = [[new Blob([one.xml], { type: "text/xml" }), `${stem}.xml`]];
  for (const file of one.files) if (file.content) parts.push([file.content, file.name]);
  for (const [content, name] of parts) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}
