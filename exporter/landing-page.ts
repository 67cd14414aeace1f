import { html } from "./status/html.ts";
import type { Target } from "./target.ts";

/** The page at `/`, for people who find the port. */
export function landingPage(version: string, targets: readonly Target[]): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Jobstack exporter</title>
<h1>Jobstack exporter ${version}</h1>
<p>Metrics of pg_cron, job queues and pg_net for Prometheus.</p>
<ul>
  <li><a href="/status">/status</a>: queues, cron jobs and alerts as they are now, for people</li>
  <li><a href="/metrics">/metrics</a>: collects and shows the metrics of all databases</li>
  <li><a href="/healthz">/healthz</a>: whether this process works</li>
  <li><a href="/readyz">/readyz</a>: whether a database answers</li>
</ul>
<h2>Databases</h2>
<ul>${targets.map(
    ({ name, labels }) => html`
  <li><a href="/probe?target=${encodeURIComponent(name)}">${name}</a>: ${Object.values(labels).join(", ")}</li>`,
  )}
</ul>
</html>
`.text;
}
