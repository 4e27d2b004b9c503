// The points as a table: the same drawing for the keyboard, and for numbers read from a paper.
import { perDegree } from "./sketch";
import type { Place, Sketch, Spot } from "./sketch";

const NUDGE_M = 1; // an arrow key; ten with Shift
const ARROWS: Record<string, Place> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Points {
  private readonly body: HTMLTableSectionElement;
  private readonly row: HTMLTemplateElement;

  constructor(private readonly box: HTMLElement, private readonly sketch: Sketch, private readonly see: (spot: Spot) => void) {
    this.body = box.querySelector("[data-draw-rows]") as HTMLTableSectionElement;
    this.row = box.querySelector("[data-draw-row]") as HTMLTemplateElement;
    this.body.addEventListener("focusin", (event) => {
      const spot = spotOf(event.target);
      if (!spot || (sketch.active?.part === spot.part && sketch.active.at === spot.at)) return;
      sketch.active = spot;
      sketch.chosen();
      see(spot);
    });
    this.body.addEventListener("change", (event) => this.typed(event.target));
    this.body.addEventListener("click", (event) => {
      const what = (event.target as Element).closest<HTMLElement>("[data-point-do]")?.dataset.pointDo;
      const spot = spotOf(event.target);
      if (!spot || !what || what === "move") return;
      if (what === "insert") { sketch.insert(spot); this.focus({ part: spot.part, at: spot.at + 1 }, "move"); }
      if (what === "remove") { sketch.remove(spot); this.focus({ part: spot.part, at: Math.max(0, spot.at - 1) }, "move"); }
    });
    this.body.addEventListener("keydown", (event) => this.nudged(event));
    this.show();
  }

  /** Rows for the points as they are; where the number of points is the same, only figures change. */
  show(): void {
    const spots = this.sketch.shown.flatMap((points, part) => points.map((place, at) => ({ part, at, place })));
    const rows = [...this.body.rows];
    if (rows.length !== spots.length) {
      this.body.replaceChildren(...spots.map(() => this.row.content.cloneNode(true)));
    }
    const many = this.sketch.parts.length > 1;
    spots.forEach(({ part, at, place }, n) => {
      const row = this.body.rows[n];
      if (!row) return;
      row.dataset.part = String(part);
      row.dataset.at = String(at);
      // The procedure's names: the starting point, then turning points.
      const name = `${many ? `${part + 1}.` : ""}${at ? `TP${at}` : "SP"}`;
      const button = row.querySelector<HTMLElement>("[data-point-do=move]");
      if (button) button.textContent = name;
      for (const [field, value] of [["lat", place[1]], ["lon", place[0]]] as const) {
        const input = row.querySelector<HTMLInputElement>(`[data-point=${field}]`);
        if (!input) continue;
        input.setAttribute("aria-label", `${name} ${input.dataset.label ?? ""}`);
        if (input !== document.activeElement || input.dataset.typed === undefined) input.value = value.toFixed(7);
      }
      for (const act of row.querySelectorAll<HTMLElement>("[data-label]:not(input)")) act.setAttribute("aria-label", `${act.dataset.label ?? ""} ${name}`);
      const active = this.sketch.active;
      row.toggleAttribute("data-active", active?.part === part && active.at === at);
    });
  }

  private focus({ part, at }: Spot, what: string): void {
    this.body.querySelector<HTMLElement>(`tr[data-part="${part}"][data-at="${at}"] [data-point-do=${what}]`)?.focus();
  }

  private typed(target: EventTarget | null): void {
    const spot = spotOf(target);
    const row = (target as Element).closest("tr");
    if (!spot || !row) return;
    const value = (field: string) => Number((row.querySelector<HTMLInputElement>(`[data-point=${field}]`)?.value ?? "").trim().replace(",", "."));
    const place: Place = [value("lon"), value("lat")];
    if (place.every((v) => Number.isFinite(v) && v !== 0)) this.sketch.move(spot, place);
    this.show();
  }

  private nudged(event: KeyboardEvent): void {
    const step = ARROWS[event.key];
    const spot = spotOf(event.target);
    const here = spot && this.sketch.parts[spot.part]?.[spot.at];
    if (!step || !spot || !here || !(event.target as Element).closest("[data-point-do=move]")) return;
    event.preventDefault();
    const metres = event.shiftKey ? 10 * NUDGE_M : NUDGE_M;
    const [x, y] = perDegree(here[1]);
    this.sketch.move(spot, [here[0] + (step[0] * metres) / x, here[1] + (step[1] * metres) / y]);
    this.see(spot);
  }
}

function spotOf(target: EventTarget | null): Spot | null {
  const row = (target as Element | null)?.closest<HTMLElement>("tr[data-part]");
  return row ? { part: Number(row.dataset.part), at: Number(row.dataset.at) } : null;
}
