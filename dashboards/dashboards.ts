import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { cron } from "./cron.ts";
import { exporter } from "./exporter.ts";
import { overview } from "./overview.ts";
import { queue } from "./queue.ts";
import { requests } from "./requests.ts";

/** All dashboards. */
export const dashboards: readonly Dashboard[] = [overview, queue, cron, requests, exporter];
