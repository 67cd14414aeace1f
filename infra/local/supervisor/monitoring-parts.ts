import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { prometheusConfig } from "../../../exporter/prometheus-config.ts";
import { projectRoot } from "../workspace.ts";
import type { Part } from "./part.ts";
import type { PartsContext } from "./parts.ts";
import { processPart } from "./process-part.ts";

/** Prometheus and Alertmanager, as far as the machine has them. */
export function monitoringParts(context: PartsContext): Part[] {
  const { workspace, settings, programs } = context;
  const { ports } = settings;
  const alerts = path.join(projectRoot, "alerts/generated");
  const parts: Part[] = [];
  if (programs.alertmanager) {
    mkdirSync(workspace.alertmanager, { recursive: true });
    const url = `http://127.0.0.1:${ports.alertmanager}`;
    parts.push(
      processPart({
        name: "alertmanager",
        url,
        log: path.join(workspace.logs, "alertmanager.log"),
        command: programs.alertmanager,
        args: [
          `--config.file=${path.join(alerts, "alertmanager.yaml")}`,
          `--storage.path=${workspace.alertmanager}`,
          `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
          // One instance: no cluster, so no second port.
          "--cluster.listen-address=",
        ],
        ready: { url: `${url}/-/ready` },
      }),
    );
  }
  if (programs.prometheus) {
    mkdirSync(workspace.prometheus, { recursive: true });
    const url = `http://127.0.0.1:${ports.prometheus}`;
    const configFile = path.join(workspace.prometheus, "prometheus.yaml");
    const config = prometheusConfig({
      exporter: `127.0.0.1:${ports.exporter}`,
      rules: path.join(alerts, "prometheus-rules.yaml"),
      ...(programs.alertmanager ? { alertmanager: `127.0.0.1:${ports.alertmanager}` } : {}),
    });
    writeFileSync(configFile, config);
    parts.push(
      processPart({
        name: "prometheus",
        url,
        log: path.join(workspace.logs, "prometheus.log"),
        command: programs.prometheus,
        args: [
          `--config.file=${configFile}`,
          `--storage.tsdb.path=${path.join(workspace.prometheus, "data")}`,
          `--web.listen-address=127.0.0.1:${ports.prometheus}`,
        ],
        ready: { url: `${url}/-/ready` },
      }),
    );
  }
  return parts;
}
