import path from "node:path";
import { ensureCredentials } from "./credentials.ts";
import { demoUserToken } from "./demo-user.ts";
import { pulumiEnvironment } from "./deploy/pulumi-environment.ts";
import { localDatabaseUrl } from "./local-defaults.ts";
import { type PlatformFile, writePlatformFile } from "./platform-file.ts";
import { type Service, type Settings, services } from "./settings.ts";
import { writeSupabaseProfile } from "./supabase-profile.ts";
import type { Workspace } from "./workspace.ts";
import { writeFileAtomically } from "./write-file-atomically.ts";

/** Twenty lower-case letters, as a real project's reference has. */
const projectRef = "jobstacklocalproject";

/** Writes how to reach the platform: for deployments (`platform.json`), and for a person's shell (`env`). */
export async function ensurePlatform(workspace: Workspace, settings: Settings): Promise<PlatformFile> {
  const { accessToken, cronSecret, apiKeyEncryptionKey, exporterPassword } = ensureCredentials(workspace.dir);
  const platform: PlatformFile = {
    projectRef,
    databaseUrl: settings.databaseUrl ?? localDatabaseUrl("postgres", settings.ports.database),
    apiUrl: `http://127.0.0.1:${settings.ports.api}`,
    generatorUrl: `http://127.0.0.1:${settings.ports.generator}`,
    accessToken,
    cronSecret,
    apiKeyEncryptionKey,
    exporterPassword,
  };
  writePlatformFile(workspace.dir, platform);
  writeFileAtomically(path.join(workspace.dir, "env"), await shellEnvironment(workspace, settings, platform));
  return platform;
}

/**
 * Names as `supabase status -o env` has them, where it has one; not DATABASE_URL, which would tell the next `up` to use
 * that database instead of its own.
 */
async function shellEnvironment(
  workspace: Workspace,
  settings: Settings,
  platform: PlatformFile,
): Promise<string> {
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
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  return `# How to reach the local platform; read it with: . ${path.join(workspace.dir, "env")}\n${lines.join("\n")}\n`;
}

/** So that the next `up` from that shell means the same platform. */
function portVariables({ ports }: Settings): Record<string, string> {
  const names = Object.keys(services) as Service[];
  return Object.fromEntries(names.map((name) => [services[name].variable, String(ports[name])]));
}
