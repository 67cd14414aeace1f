import * as pulumi from "@pulumi/pulumi";
import { parseConfig, type SecretKey, type StackConfig, secretKeys, secretMark } from "./config.ts";
import { readPlatformFile } from "./local/platform-file.ts";
import { locateWorkspace } from "./local/workspace.ts";
import { UserError } from "./user-error.ts";

const prefix = "jobstack:";

/** Part of the runtime, but left out of its typings. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** Where and with what one stack is deployed: its settings, its connection and its secrets. */
export interface Environment {
  config: StackConfig;
  projectRef: string;
  apiUrl: string;
  /** Base URL of the project's Edge Functions, without a slash at the end. */
  functionsUrl: string;
  generatorUrl: string | undefined;
  secrets: Record<SecretKey, pulumi.Output<string>>;
}

/** Reads the configuration of the stack that is being deployed. Throws a UserError with all its problems. */
export function loadEnvironment(): Environment {
  const stack = pulumi.getStack();
  const config = parseConfig(stack, rawConfig());
  return config.environment === "local" ? localEnvironment(config) : cloudEnvironment(stack, config);
}

function localEnvironment(config: StackConfig): Environment {
  const platform = readPlatformFile(locateWorkspace(process.env).dir);
  return {
    config,
    projectRef: platform.projectRef,
    apiUrl: platform.apiUrl,
    functionsUrl: `${platform.apiUrl}/functions/v1`,
    generatorUrl: platform.generatorUrl,
    secrets: eachSecret((key) => pulumi.secret(platform[key])),
  };
}

function cloudEnvironment(stack: string, config: StackConfig): Environment {
  const inClear = secretKeys.filter((key) => !isConfigSecret(prefix + key));
  if (inClear.length > 0) {
    const problems = inClear.map(
      (key) =>
        `${prefix}${key}: stored in clear; set it with: pulumi config set --secret ${prefix}${key} ...`,
    );
    throw new UserError(`stack "${stack}": invalid configuration in Pulumi.${stack}.yaml`, problems);
  }
  const settings = new pulumi.Config("jobstack");
  const projectRef = config.projectRef ?? "";
  return {
    config,
    projectRef,
    apiUrl: config.apiUrl,
    functionsUrl: `https://${projectRef}.supabase.co/functions/v1`,
    generatorUrl: config.story?.generatorUrl,
    secrets: eachSecret((key) => settings.requireSecret(key)),
  };
}

/** Settings without their prefix; those that hold JSON parsed, secrets replaced by a mark. */
function rawConfig(): Record<string, unknown> {
  const entries = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const name = key.slice(prefix.length);
      return [name, (secretKeys as readonly string[]).includes(name) ? secretMark() : parsedValue(value)];
    }),
  );
}

function parsedValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function eachSecret(
  get: (key: SecretKey) => pulumi.Output<string>,
): Record<SecretKey, pulumi.Output<string>> {
  return Object.fromEntries(secretKeys.map((key) => [key, get(key)])) as Record<
    SecretKey,
    pulumi.Output<string>
  >;
}
