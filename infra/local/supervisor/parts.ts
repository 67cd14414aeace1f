import { mkdirSync } from "node:fs";
import path from "node:path";
import type { AlertSettings } from "../../../alerts/settings.ts";
import { jwtSecret, localDatabaseUrl } from "../local-defaults.ts";
import type { PlatformFile } from "../platform-file.ts";
import type { Settings } from "../settings.ts";
import { projectRoot, type Workspace } from "../workspace.ts";
import { monitoringParts, type Programs } from "./monitoring-parts.ts";
import type { Part } from "./part.ts";
import { postgresPart } from "./postgres-part.ts";
import { type ProcessPartOptions, processPart } from "./process-part.ts";

export interface PartsContext {
  workspace: Workspace;
  settings: Settings;
  platform: PlatformFile;
  programs: Programs;
  alerts: AlertSettings;
}

/** Every part of the platform, in the order of starting. */
export function declareParts(context: PartsContext): Part[] {
  const { workspace, settings, platform, programs, alerts } = context;
  const { ports } = settings;
  const embedded = settings.databaseUrl === undefined;
  const adminUrl = embedded ? localDatabaseUrl("supabase_admin", ports.database) : settings.databaseUrl;
  const after = embedded ? ["postgres"] : [];
  const node = (options: NodePart) => nodePart(workspace, options);
  return [
    ...(embedded ? [postgresPart(workspace, ports.database)] : []),
    ...(embedded
      ? [node({ name: "pg-net", main: "infra/local/pg-net/main.ts", after, env: { DATABASE_URL: adminUrl } })]
      : []),
    node({
      name: "gateway",
      main: "infra/local/gateway/main.ts",
      url: platform.apiUrl,
      after,
      env: {
        DATABASE_URL: platform.databaseUrl,
        JOBSTACK_API_PORT: String(ports.api),
        JOBSTACK_PLATFORM_DIR: workspace.gateway,
        JOBSTACK_LOG_DIR: workspace.logs,
        JOBSTACK_JWT_SECRET: jwtSecret,
        JOBSTACK_PROJECT_REF: platform.projectRef,
        JOBSTACK_ACCESS_TOKEN: platform.accessToken,
      },
    }),
    node({
      name: "generator",
      main: "infra/local/upstream/main.ts",
      url: platform.generatorUrl,
      env: { JOBSTACK_UPSTREAM_PORT: String(ports.generator) },
    }),
    node({
      name: "exporter",
      main: "exporter/main.ts",
      url: `http://127.0.0.1:${ports.exporter}`,
      after,
      env: {
        DATABASE_URL: exporterUrl(platform.databaseUrl, platform.exporterPassword),
        JOBSTACK_EXPORTER_PORT: String(ports.exporter),
        JOBSTACK_ENVIRONMENT: "local",
        ...(context.programs.prometheus
          ? { JOBSTACK_PROMETHEUS_URL: `http://127.0.0.1:${ports.prometheus}` }
          : {}),
      },
    }),
    ...monitoringParts({ workspace, ports, programs, alerts, standInUrl: platform.generatorUrl }),
  ];
}

function exporterUrl(url: string, password: string): string {
  const parsed = new URL(url);
  parsed.username = "jobstack_exporter";
  parsed.password = password;
  return parsed.href;
}

interface NodePart extends Omit<ProcessPartOptions, "log" | "command" | "args" | "ready"> {
  main: string;
}

function nodePart(workspace: Workspace, { main, ...options }: NodePart): Part {
  mkdirSync(workspace.logs, { recursive: true });
  return processPart({
    ...options,
    log: path.join(workspace.logs, `${options.name}.log`),
    command: process.execPath,
    args: ["--import", "tsx", path.join(projectRoot, main)],
    ready: "line",
  });
}
