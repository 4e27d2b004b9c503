// The review desk: after a decision the next report stands there; the keyboard goes on from its title.
function arrived(event: Event): void {
  const desk = (event as CustomEvent).detail.elt as HTMLElement | undefined;
  const now = document.getElementById("desk");
  if (!now || (desk && desk !== now && !desk.contains(now) && !now.contains(desk))) return;
  if (now.dataset.arrived) return;
  now.dataset.arrived = "yes";
  document.body.classList.replace("queue-first", "has-selection"); // a phone shows the report
  document.getElementById("desk-title")?.focus();
  now.querySelector("[data-row][aria-current]")?.scrollIntoView({ block: "nearest" });
  const count = document.querySelector('.nav [aria-current] .count');
  if (count) count.textContent = now.dataset.waitingSaid ?? count.textContent;
}

export function startDesk(): void {
  const desk = document.getElementById("desk");
  if (!desk) return;
  desk.dataset.arrived = "yes"; // came with the page: the focus stays where the browser put it
  document.addEventListener("htmx:afterSettle", arrived);
}
