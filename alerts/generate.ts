import { readdirSync } from "node:fs";
import path from "node:path";
import { parseAlerting } from "../infra/config.ts";
import { services } from "../infra/local/settings.ts";
import { readStackSettings } from "../infra/stack-file.ts";
import { environmentFiles } from "./environment-files.ts";
import { withLocalReceivers } from "./local-receivers.ts";
import type { AlertSettings } from "./settings.ts";

/** An environment whose alerts are generated: each stack's, except a guest's, whose database another stack watches. */
export interface AlertedEnvironment {
  stack: string;
  environment: string;
  settings: AlertSettings;
}

const root = path.resolve(import.meta.dirname, "..");

/** Reads every Pulumi.<stack>.yaml. Throws a UserError with all problems of the first that is wrong. */
export function alertedEnvironments(): AlertedEnvironment[] {
  const stacks = readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return stacks.sort().flatMap((stack) => {
    const settings = readStackSettings(path.join(root, `Pulumi.${stack}.yaml`));
    const { environment, guestOf, alerts: given, grafana } = parseAlerting(stack, settings);
    if (guestOf !== undefined) return [];
    const dashboardsUrl = given.dashboardsUrl ?? grafana?.url;
    const alerts = { ...given, ...(dashboardsUrl === undefined ? {} : { dashboardsUrl }) };
    const standIn = `http://127.0.0.1:${services.generator.port}`;
    const isLocal = environment === "local";
    return [{ stack, environment, settings: isLocal ? withLocalReceivers(alerts, standIn) : alerts }];
  });
}

/** The committed files that are derived from the alerts; paths are from the root of the project. */
export function generateAlerts(): { path: string; content: string }[] {
  return alertedEnvironments().flatMap(({ stack, environment, settings }) =>
    environmentFiles(environment, settings).map(({ name, content }) => ({
      path: `alerts/generated/${stack}/${name}`,
      content,
    })),
  );
}
