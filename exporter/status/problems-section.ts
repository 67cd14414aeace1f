import { type Content, type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import type { Problem } from "./problem.ts";
import { time } from "./time-text.ts";

export interface ProblemsSection {
  title: string;
  problems: readonly Problem[];
  /** Unix time in seconds. */
  now: number;
}

/** What is wrong, each with its severity in words. */
export function problemsSection({ title, problems, now }: ProblemsSection): Html {
  return html`<h3>${title}</h3>
<ul class="problems">${problems.map((problem) => problemItem(problem, now))}</ul>`;
}

function problemItem(
  { name, severity, state, summary, detail, since, runbook }: Problem,
  now: number,
): Content {
  const level = state === "pending" ? "unknown" : severity;
  return html`<li class="${level}">${icon(level)}<p><strong>${summary || name}</strong> ${detail}</p>
<p class="small"><span class="${level}">${state === "pending" ? `${severity}, pending` : severity}</span> ${runbook === null ? name : html`<a href="${runbook}">${name}</a>`}${since !== null && html`, since ${time(since, now)}`}</p></li>`;
}
