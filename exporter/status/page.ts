import { type Content, Html, html } from "./html.ts";
import { icon, iconAddress } from "./icons.ts";
import { problemsSection } from "./problems-section.ts";
import { overallState } from "./state.ts";
import type { StatusView } from "./status.ts";
import { stylesheet } from "./stylesheet.ts";
import { targetSection } from "./target-section.ts";
import type { TargetView } from "./target-view.ts";
import { time } from "./time-text.ts";

/** How often the page loads itself anew, in seconds. */
export const refreshSeconds = 15;

export interface PageOptions {
  version: string;
  /** Whether the page loads itself anew. */
  refreshes: boolean;
}

/** The whole page. Its text stands in no other language, and in no script. */
export function statusPage(view: StatusView, { version, refreshes }: PageOptions): Html {
  const { targets, general } = view;
  const { level, sentence, names } = overallState(targets, general);
  const alone = targets.length === 1;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${sentence} · ${names.join(", ")}</title>
<link rel="icon" href="${iconAddress(level)}">
<style>${new Html(stylesheet)}</style>
</head>
<body>
<header class="${level}">
<p class="brand">Jobstack${alone && html` <span>${names}</span>`}</p>
<h1>${icon(level)}${sentence}${!alone && targets.length > names.length && html`: ${names.join(", ")}`}</h1>
<p class="meta">${whenText(view)} ${refreshText(refreshes)}</p>
${!alone && targetList(targets)}
</header>
<main>
${sourceNote(view)}
${general.length > 0 && problemsSection({ title: "Alerts of no environment", problems: general, now: view.now })}
${targets.map((target, index) => targetSection(target, { index, now: view.now, alone }))}
</main>
<footer><p>Jobstack exporter ${version} · times of day are UTC · <a href="metrics">metrics</a></p></footer>
</body>
</html>
`;
}

function whenText({ targets, now }: StatusView): Content {
  const times = targets.flatMap(({ at }) => (at === null ? [] : [at]));
  if (times.length === 0) return "Not read yet.";
  return html`Read ${time(Math.min(...times), now)}.`;
}

function refreshText(refreshes: boolean): Html {
  return refreshes
    ? html`Loads anew every ${refreshSeconds} s. <a href="?refresh=off">Pause</a>`
    : html`Paused. <a href="?">Go on</a>`;
}

function targetList(targets: readonly TargetView[]): Html {
  const items = targets.map(
    ({ name, state }, index) =>
      html`<li class="${state.level}"><a href="#target-${index}">${icon(state.level)}${name}</a> ${state.sentence}</li>`,
  );
  return html`<nav aria-label="Environments"><ul>${items}</ul></nav>`;
}

function sourceNote({ source }: StatusView): Content {
  if (source !== "prometheus does not answer") return null;
  return html`<p class="note">${icon("unknown")}Prometheus does not answer. Instead of its alerts, this shows which of their thresholds are crossed now.</p>`;
}
