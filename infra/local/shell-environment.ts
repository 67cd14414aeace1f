import path from "node:path";
import { demoUserToken } from "./demo-user.ts";
import { pulumiEnvironment } from "./deploy/pulumi-environment.ts";
import { provideLanguageHost } from "./language-host/provide-language-host.ts";
import { readPlatformFile } from "./platform-file.ts";
import { type Service, type Settings, services } from "./settings.ts";
import { writeSupabaseProfile } from "./supabase-profile.ts";
import type { PulumiCli } from "./toolchain/find-pulumi.ts";
import type { Workspace } from "./workspace.ts";
import { writeFileAtomically } from "./write-file-atomically.ts";

/**
 * Writes `env`, which a person's shell reads to use the running platform and the plain Pulumi CLI.
 * Names as `supabase status -o env` has them, where it has one; not DATABASE_URL, which would tell the next `up` to use
 * that database instead of its own.
 */
export async function writeShellEnvironment(
  workspace: Workspace,
  settings: Settings,
  cli: PulumiCli,
): Promise<void> {
  const platform = readPlatformFile(workspace.dir);
  const variables = {
    API_URL: platform.apiUrl,
    DB_URL: platform.databaseUrl,
    USER_JWT: await demoUserToken(),
    CRON_SECRET: platform.cronSecret,
    EXPORTER_URL: `http://127.0.0.1:${settings.ports.exporter}`,
    GENERATOR_URL: platform.generatorUrl,
    SUPABASE_ACCESS_TOKEN: platform.accessToken,
    SUPABASE_PROFILE: writeSupabaseProfile(workspace.dir, platform.apiUrl),
    ...portVariables(settings),
    ...pulumiEnvironment(workspace),
  };
  const file = path.join(workspace.dir, "env");
  const lines = [
    `# How to reach the local platform; read it with: . ${file}`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`),
    `export PATH=${quote(provideLanguageHost(workspace.bin, cli, process.env))}:"$PATH"`,
  ];
  writeFileAtomically(file, `${lines.join("\n")}\n`);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** So that the next `up` from that shell means the same platform. */
function portVariables({ ports }: Settings): Record<string, string> {
  const names = Object.keys(services) as Service[];
  return Object.fromEntries(names.map((name) => [services[name].variable, String(ports[name])]));
}
