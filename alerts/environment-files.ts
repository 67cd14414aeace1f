import { readFileSync } from "node:fs";
import path from "node:path";
import { alertmanagerConfig, templateFile } from "./alertmanager-config.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import type { AlertSettings } from "./settings.ts";

const head = "# DO NOT EDIT: written by `npm run generate` from alerts/*.ts and the stack's settings.\n";
const templates = path.join(import.meta.dirname, templateFile);

/** Everything that Prometheus and Alertmanager need of one environment; names are relative to a folder of its own. */
export function environmentFiles(
  environment: string,
  settings: AlertSettings,
): { name: string; content: string }[] {
  return [
    { name: "prometheus-rules.yaml", content: head + prometheusRules(environment, settings) },
    { name: "alertmanager.yaml", content: head + alertmanagerConfig(environment, settings) },
    { name: templateFile, content: readFileSync(templates, "utf8") },
  ];
}
