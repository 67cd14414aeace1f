/**
 * The page's only style. Colours are chosen so that every text has a contrast of 4.5 to 1 in both schemes; below 46rem a
 * table's rows become blocks of labelled values, so that nothing has to be moved sideways.
 */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --sheet: #fff; --text: #1b1d21; --quiet: #5d636d; --line: #e3e3df;
  --critical: #b3261e; --warning: #8a5a00; --unknown: #565c66; --well: #17703c; --trend: #4a63b5;
  --critical-ground: #fdf0ee; --warning-ground: #fdf6e6; --unknown-ground: #f1f2f4; --well-ground: #eef7f1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131417; --sheet: #1b1d21; --text: #e8e9eb; --quiet: #a0a6b0; --line: #2c2f35;
    --critical: #ff8f85; --warning: #f0b44c; --unknown: #b0b6c0; --well: #6fd097; --trend: #8fa7f5;
    --critical-ground: #2c1a1a; --warning-ground: #2a2316; --unknown-ground: #22252a; --well-ground: #172620;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
header, main, footer { max-width: 80rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
h1 { font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
h1 .icon { width: 1.6rem; height: 1.6rem; margin-right: 0.55rem; vertical-align: -0.2em; }
h2 { font-size: 1.125rem; font-weight: 650; }
h2 span { font-weight: 500; margin-left: 0.6rem; }
h3 { font-size: 0.8125rem; font-weight: 600; color: var(--quiet); margin: 1.75rem 0 0.5rem; }
a { color: inherit; text-underline-offset: 0.15em; }
a:focus-visible { outline: 2px solid var(--trend); outline-offset: 2px; border-radius: 2px; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.8125rem; }
small, .small, .meta, .brand, footer { color: var(--quiet); font-size: 0.8125rem; }
.brand { font-weight: 600; margin-bottom: 0.25rem; }
.brand span { margin-left: 0.5rem; padding-left: 0.6rem; border-left: 1px solid var(--line); color: var(--text); }
.meta { margin-top: 0.35rem; }
.target { margin-top: 2.25rem; }
footer { padding-top: 2.5rem; padding-bottom: 2rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem 1.5rem; margin-top: 1rem; color: var(--quiet); }
nav a { color: var(--text); font-weight: 600; text-decoration: none; }
nav a:hover { text-decoration: underline; }

.icon { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round;
  width: 0.95em; height: 0.95em; margin-right: 0.35em; vertical-align: -0.1em; flex: none; }
.critical { color: var(--critical); } .warning { color: var(--warning); }
.unknown { color: var(--unknown); } .well { color: var(--well); }
header.critical, header.warning, header.unknown, header.well { color: inherit; }
strong { font-weight: 650; }
.none, .zero { color: var(--quiet); }
.tag { font-size: 0.75rem; font-weight: 500; color: var(--quiet); border: 1px solid var(--line); border-radius: 3px; padding: 0 0.3rem; }
.aloud { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.note { margin-top: 1.5rem; border-radius: 8px; padding: 0.6rem 0.9rem; background: var(--unknown-ground); }
.note .icon { color: var(--unknown); }
.problems, table, dl { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
.problems { list-style: none; overflow: hidden; }
.problems li { display: grid; grid-template-columns: auto 1fr auto; column-gap: 0.7rem; align-items: baseline;
  padding: 0.5rem 0.9rem 0.5rem 0.7rem; color: var(--text); }
.problems li + li { border-top: 1px solid var(--line); }
.problems li > .icon { margin: 0; width: 1.05rem; height: 1.05rem; vertical-align: -0.15em; align-self: center; }
.problems .small { text-align: right; }
.problems li.critical { background: var(--critical-ground); }
.problems li.critical > .icon { color: var(--critical); }
.problems li.warning > .icon { color: var(--warning); } .problems li.unknown > .icon { color: var(--unknown); }

table { width: 100%; border-collapse: separate; border-spacing: 0; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 0.5rem 0.7rem; text-align: left; vertical-align: baseline; font-weight: 400; }
thead th { font-size: 0.75rem; color: var(--quiet); font-weight: 500; line-height: 1.3; vertical-align: bottom; }
tbody th, tbody td { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
tbody td.line { width: 8rem; vertical-align: middle; }
tbody th { min-width: 12rem; }
td small, th small { font-weight: 400; }
.moment span, .moment strong, .moment small { white-space: nowrap; }
td code { display: inline-block; min-width: 6.2rem; }
.off th, .off td { color: var(--quiet); }
.spark { display: block; width: 7.5rem; height: 1.5rem; }
.spark path { fill: none; stroke: var(--trend); stroke-width: 1.25; vector-effect: non-scaling-stroke; }
.spark .base { stroke: var(--line); }

dl div { display: grid; grid-template-columns: 8rem 1fr; padding: 0.5rem 0.7rem; }
dl div + div { border-top: 1px solid var(--line); }
dt { font-weight: 600; }

@media (max-width: 76rem) {
  th, td { padding: 0.5rem 0.45rem; }
  tbody th { min-width: 8rem; }
  tbody td.line { width: 5rem; }
  .spark { width: 4.5rem; }
}
@media (max-width: 64rem) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.25rem; }
  h1 { font-size: 1.375rem; }
  h1 .icon { width: 1.3rem; height: 1.3rem; }
  table, tbody, tr, th, td { display: block; width: auto; }
  thead { display: none; }
  tbody tr { padding: 0.7rem 0.9rem; display: grid; grid-template-columns: repeat(auto-fill, minmax(5.2rem, 1fr)); gap: 0.55rem 0.9rem; }
  tbody tr + tr { border-top: 1px solid var(--line); }
  tbody th { grid-column: 1 / -1; min-width: 0; padding: 0; border: 0; }
  tbody td, tbody td.number, tbody td.line { padding: 0; border: 0; width: auto; text-align: left; white-space: normal; }
  td code { min-width: 0; }
  td.moment { grid-column: span 2; }
  td::before { content: attr(data-label); display: block; font-size: 0.75rem; line-height: 1.3; color: var(--quiet); }
  .spark { width: 100%; }
  .problems li { grid-template-columns: auto 1fr; }
  .problems li > .icon { align-self: baseline; position: relative; top: 0.15em; }
  .problems .small { text-align: left; grid-column: 2; }
  dl div { grid-template-columns: 1fr; }
}
@media (max-width: 64rem) and (min-width: 36rem) { dl div { grid-template-columns: 8rem 1fr; } }
@media print { body { background: none; } .meta a, nav { display: none; } }
`;
