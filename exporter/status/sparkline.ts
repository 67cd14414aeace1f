import { historyMinutes, type Series } from "./history.ts";
import { type Content, html } from "./html.ts";

const width = 120;
const height = 24;
const margin = 2;
/** One column shows the largest value of so many minutes. */
const minutesPerColumn = 3;

export interface Sparkline {
  /** What the line shows, as read aloud: "waiting jobs". */
  of: string;
  series: Series;
  /** A value with its unit. */
  text: (value: number) => string;
}

/** A line of the last hours with its lowest and highest value in words; words alone when nothing is known yet. */
export function sparkline({ of, series, text }: Sparkline): Content {
  const known = series.filter((value) => !Number.isNaN(value));
  const last = known.at(-1);
  if (last === undefined || known.length < 2)
    return html`<span class="none">–<span class="aloud"> no history of ${of} yet</span></span>`;
  const least = Math.min(...known);
  const most = Math.max(...known);
  const label = `${of} in the last ${historyMinutes / 60} hours: from ${text(least)} to ${text(most)}, last ${text(last)}`;
  return html`<svg class="spark" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${label}</title><path class="base" d="M0 ${height - margin}H${width}"/><path d="${line(columns(series), most)}"/></svg>`;
}

function columns(series: Series): Series {
  const padded = [...Array<number>(Math.max(0, historyMinutes - series.length)).fill(Number.NaN), ...series];
  return Array.from({ length: historyMinutes / minutesPerColumn }, (_, index) => {
    const minutes = padded.slice(index * minutesPerColumn, (index + 1) * minutesPerColumn);
    const known = minutes.filter((value) => !Number.isNaN(value));
    return known.length === 0 ? Number.NaN : Math.max(...known);
  });
}

/** From 0 at the bottom to the highest value at the top, in steps; nothing where nothing is known. */
function line(values: Series, most: number): string {
  const step = width / values.length;
  let path = "";
  let y: number | null = null;
  for (const [index, value] of values.entries()) {
    if (Number.isNaN(value)) {
      if (y !== null) path += `H${round(index * step)}`;
      y = null;
      continue;
    }
    const next = round(height - margin - (most > 0 ? value / most : 0) * (height - 2 * margin));
    if (y === null) path += `M${round(index * step)} ${next}`;
    else if (next !== y) path += `H${round(index * step)}V${next}`;
    y = next;
  }
  return y === null ? path : `${path}H${width}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
