// The design tokens as the page has them now, for a canvas that cannot read CSS.
const NAMES = [
  "ink", "surface", "paper", "focus", "open-fill", "open-text", "ongoing-fill", "ongoing-text", "suspended-fill", "suspended-text",
  "closed-fill", "closed-text", "cleared-fill", "reduced-fill", "cancelled-fill", "remaining-fill", "cha-edge", "sha-edge",
  "block", "block-ink", "warn", "warn-ink", "info", "info-ink", "map-land", "map-foreign", "map-sea", "map-edge", "map-border",
  "map-label", "map-halo", "map-water", "box-red", "box-yellow", "box-blue", "box-green", "box-grey",
  "strike-1", "strike-2", "strike-3", "strike-4", "strike-5",
  "box-red-mark", "box-yellow-mark", "box-blue-mark", "box-green-mark", "box-grey-mark",
] as const;

export type Tokens = Record<(typeof NAMES)[number], string>;

export function tokens(): Tokens {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Tokens;
}
