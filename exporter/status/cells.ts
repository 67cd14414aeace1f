import { type Content, html } from "./html.ts";
import { icon } from "./icons.ts";
import { numberText } from "./number-text.ts";

/** A dash that is read aloud as what it means. */
export const notKnown: Content = html`<span class="none">–<span class="aloud"> not known</span></span>`;

/** A number, quiet when it is 0. */
export function count(value: number | null): Content {
  if (value === null) return notKnown;
  return value === 0 ? html`<span class="zero">0</span>` : numberText(value);
}

/** A number that should be 0. */
export function trouble(value: number | null, level: "critical" | "warning" = "critical"): Content {
  return value !== null && value > 0 ? alarm(level, numberText(value)) : count(value);
}

/** What is wrong, told apart by a shape and by its weight as well as by colour. */
export function alarm(level: "critical" | "warning", content: Content): Content {
  return html`<strong class="${level}">${icon(level)}${content}</strong>`;
}

/** A count since the beginning, with what came in the last hours; an alarm when some came just now. */
export function total(value: number | null, lately: number | null, now: number | null): Content {
  const added = lately !== null && lately > 0 && html` <small>+${numberText(lately)} in 3 h</small>`;
  return [(now ?? 0) > 0 ? alarm("warning", numberText(value)) : count(value), added];
}

/** What a column holds: a number stands at its right edge, a moment gets more room where there is little. */
export type Kind = "number" | "text" | "moment" | "line";

/** One cell; its label is shown where the table is too narrow for columns. */
export function cell(label: string, content: Content, kind: Kind = "text"): Content {
  return html`<td role="cell" class="${kind}" data-label="${label}"><div>${content}</div></td>`;
}

/** The heads of columns; a number's stands over its right edge. */
export function columnHeads(heads: readonly (readonly [label: string, kind: Kind])[]): Content {
  const cells = heads.map(
    ([label, kind]) => html`<th role="columnheader" scope="col" class="${kind}">${label}</th>`,
  );
  return html`<thead role="rowgroup"><tr role="row">${cells}</tr></thead>`;
}
