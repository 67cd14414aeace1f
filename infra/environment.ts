import * as pulumi from "@pulumi/pulumi";
import { type EnvironmentNames, environmentNames } from "../supabase/functions/_shared/environment-names.ts";
import { parseConfig, rawSettings, type SecretKey, type StackConfig } from "./config.ts";
import { readPlatformFile } from "./local/platform-file.ts";
import { locateWorkspace } from "./local/workspace.ts";

/** Part of the runtime, but left out of its typings. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** Secrets that every environment has. */
type OwnSecret = Exclude<SecretKey, "exporterPassword" | "generatorApiKey" | "grafanaToken" | "heartbeatUrl">;

/** Where and with what one stack is deployed: its settings, its connection and its secrets. */
export interface Environment {
  config: StackConfig;
  projectRef: string;
  apiUrl: string;
  /** Base URL of the project's Edge Functions, without a slash at the end. */
  functionsUrl: string;
  /** Stand-in for what the systems call in the world outside; undefined in the cloud. */
  generatorUrl: string | undefined;
  /** Where alerts go whatever the settings say; undefined in the cloud. */
  alertUrl: string | undefined;
  /** Base URL of the application that the packs system calls. */
  appUrl: string | undefined;
  secrets: Record<OwnSecret, pulumi.Output<string>>;
  /** Key for the generator; undefined where no system needs one of its own. */
  generatorApiKey: pulumi.Output<string> | undefined;
  /** Where the database's heartbeat goes; undefined where it has none. */
  heartbeatUrl: pulumi.Output<string> | undefined;
  /** What the queue core needs; undefined in a guest, which uses another stack's. */
  core: { exporterPassword: pulumi.Output<string> } | undefined;
  /** The Grafana that gets the dashboards; undefined where none does. */
  grafana: (NonNullable<StackConfig["grafana"]> & { token: pulumi.Output<string> }) | undefined;
  /** How this environment calls its objects. */
  names: EnvironmentNames;
}

/** Reads the configuration of the stack that is being deployed. Throws a UserError with all its problems. */
export function loadEnvironment(): Environment {
  const config = parseConfig(pulumi.getStack(), rawConfig());
  return config.environment === "local" ? localEnvironment(config) : cloudEnvironment(config);
}

function localEnvironment(config: StackConfig): Environment {
  const platform = readPlatformFile(locateWorkspace(process.env).dir);
  const secret = (key: OwnSecret | "exporterPassword") => pulumi.secret(platform[key]);
  return {
    config,
    projectRef: platform.projectRef,
    apiUrl: platform.apiUrl,
    functionsUrl: `${platform.apiUrl}/functions/v1`,
    generatorUrl: platform.generatorUrl,
    alertUrl: `${platform.generatorUrl}/alert`,
    appUrl: platform.generatorUrl,
    secrets: ownSecrets(secret),
    // The stand-in takes any.
    generatorApiKey: pulumi.secret("local-generator-key"),
    heartbeatUrl: pulumi.secret(`${platform.generatorUrl}/heartbeat`),
    core: { exporterPassword: secret("exporterPassword") },
    grafana: grafanaOf(config),
    names: environmentNames(),
  };
}

function cloudEnvironment(config: StackConfig): Environment {
  const settings = new pulumi.Config("jobstack");
  const secret = (key: SecretKey) => settings.requireSecret(key);
  const { projectRef = "", guestOf, environment } = config;
  return {
    config,
    projectRef,
    apiUrl: config.apiUrl,
    functionsUrl: `https://${projectRef}.supabase.co/functions/v1`,
    generatorUrl: undefined,
    alertUrl: undefined,
    appUrl: config.packs?.appUrl,
    secrets: ownSecrets(secret),
    generatorApiKey: settings.getSecret("generatorApiKey"),
    heartbeatUrl: settings.getSecret("heartbeatUrl"),
    core: guestOf === undefined ? { exporterPassword: secret("exporterPassword") } : undefined,
    grafana: grafanaOf(config),
    names: environmentNames(guestOf === undefined ? undefined : environment),
  };
}

function grafanaOf({ grafana }: StackConfig): Environment["grafana"] {
  return grafana && { ...grafana, token: new pulumi.Config("jobstack").requireSecret("grafanaToken") };
}

function rawConfig(): Record<string, unknown> {
  const stored = Object.entries(pulumi.runtime.allConfig());
  return rawSettings(stored.map(([key, value]) => ({ key, value, secret: isConfigSecret(key) })));
}

function ownSecrets(get: (key: OwnSecret) => pulumi.Output<string>): Environment["secrets"] {
  return {
    databaseUrl: get("databaseUrl"),
    accessToken: get("accessToken"),
    cronSecret: get("cronSecret"),
    apiKeyEncryptionKey: get("apiKeyEncryptionKey"),
  };
}
