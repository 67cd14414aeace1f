import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { environmentFiles } from "../../../alerts/environment-files.ts";
import { withLocalReceivers } from "../../../alerts/local-receivers.ts";
import type { AlertSettings } from "../../../alerts/settings.ts";
import { prometheusConfig } from "../../../exporter/prometheus-config.ts";
import type { Settings } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import type { Part } from "./part.ts";
import { processPart } from "./process-part.ts";

/** Programs of the machine that parts run; null when the machine has none. */
export interface Programs {
  prometheus: string | null;
  alertmanager: string | null;
}

export interface MonitoringContext {
  workspace: Pick<Workspace, "logs" | "prometheus" | "alertmanager">;
  ports: Settings["ports"];
  programs: Programs;
  /** The stack's settings; whom they name beside the stand-in is told as well. */
  alerts: AlertSettings;
  /** Base URL of what receives alerts in place of the world outside. */
  standInUrl: string;
}

const environment = "local";

/** Prometheus and Alertmanager, as far as the machine has them. */
export function monitoringParts(context: MonitoringContext): Part[] {
  const { alertmanager, prometheus } = context.programs;
  return [
    ...(alertmanager ? [alertmanagerPart(alertmanager, context)] : []),
    ...(prometheus ? [prometheusPart(prometheus, context)] : []),
  ];
}

function alertmanagerPart(command: string, context: MonitoringContext): Part {
  const { workspace, ports } = context;
  const folder = writeAlerting(workspace.alertmanager, context);
  const url = `http://127.0.0.1:${ports.alertmanager}`;
  return processPart({
    name: "alertmanager",
    url,
    log: path.join(workspace.logs, "alertmanager.log"),
    command,
    args: [
      `--config.file=${path.join(folder, "alertmanager.yaml")}`,
      `--storage.path=${workspace.alertmanager}`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      // One instance: no cluster, so no second port.
      "--cluster.listen-address=",
    ],
    ready: { url: `${url}/-/ready` },
  });
}

function prometheusPart(command: string, context: MonitoringContext): Part {
  const { workspace, ports, programs } = context;
  const folder = writeAlerting(workspace.prometheus, context);
  const url = `http://127.0.0.1:${ports.prometheus}`;
  const configFile = path.join(workspace.prometheus, "prometheus.yaml");
  const config = prometheusConfig({
    environment,
    exporter: `127.0.0.1:${ports.exporter}`,
    rules: path.join(folder, "prometheus-rules.yaml"),
    ...(programs.alertmanager ? { alertmanager: `127.0.0.1:${ports.alertmanager}` } : {}),
  });
  writeFileSync(configFile, config);
  return processPart({
    name: "prometheus",
    url,
    log: path.join(workspace.logs, "prometheus.log"),
    command,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${path.join(workspace.prometheus, "data")}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      // What is sent before Alertmanager was found, in the first seconds, is lost; a minute is long to wait for the next.
      "--rules.alert.resend-delay=5s",
    ],
    ready: { url: `${url}/-/ready` },
  });
}

/** Writes what both read, made from the stack's settings as they are now. Returns the folder. */
function writeAlerting(parent: string, { alerts, standInUrl }: MonitoringContext): string {
  const folder = path.join(parent, "alerting");
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of environmentFiles(environment, withLocalReceivers(alerts, standInUrl))) {
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}
