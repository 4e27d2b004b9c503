// Light, dark or as the system: kept in a cookie, so that the server writes it into the first byte.
const YEAR = 31_536_000;

export function startTheme(): void {
  const root = document.documentElement;
  const buttons = () => document.querySelectorAll<HTMLButtonElement>("button[data-theme-to]");
  const mark = () => buttons().forEach((b) => b.setAttribute("aria-pressed", String((root.dataset.theme ?? "") === b.dataset.themeTo)));
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-theme-to]");
    if (!button) return;
    const to = button.dataset.themeTo ?? "";
    if (to) root.dataset.theme = to;
    else delete root.dataset.theme;
    document.cookie = `theme=${to};path=/;max-age=${to ? YEAR : 0};samesite=lax`;
    mark();
    document.dispatchEvent(new CustomEvent("datlanh:theme"));
  });
  mark();
}

/** Whether the page shows dark now. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
