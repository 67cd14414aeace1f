import { type Html, html } from "./html.ts";
import type { State } from "./state.ts";

type Level = State["level"];

/** One shape for each level, so that none is told by its colour alone. Drawn in a square of 16. */
const shapes: Readonly<Record<Level, string>> = {
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5zM8 4v5M8 11.2v.6",
  warning: "M8 1.8 15 14.2H1zM8 6v4M8 11.6v.6",
  unknown: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1M6 6.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.3M8 11.4v.6",
  well: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1M5 8.2l2.2 2.2L11.2 6",
};

const colours: Readonly<Record<Level, string>> = {
  critical: "#c8322b",
  warning: "#b87700",
  unknown: "#6b7280",
  well: "#1f8a4c",
};

/** Says nothing to a reader of the text beside it. */
export function icon(level: Level): Html {
  return html`<svg class="icon ${level}" aria-hidden="true" viewBox="0 0 16 16" width="16" height="16"><path d="${shapes[level]}"/></svg>`;
}

/** The same as the icon of a tab. */
export function iconAddress(level: Level): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="${shapes[level]}" fill="none" stroke="${colours[level]}" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
