import { ensureCredentials } from "./credentials.ts";
import { localDatabaseUrl } from "./local-defaults.ts";
import { type PlatformFile, writePlatformFile } from "./platform-file.ts";
import type { Settings } from "./settings.ts";
import type { Workspace } from "./workspace.ts";

/** Twenty lower-case letters, as a real project's reference has. */
const projectRef = "jobstacklocalproject";

/** Writes how a deployment reaches the platform. */
export function ensurePlatform(workspace: Workspace, settings: Settings): PlatformFile {
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
  return platform;
}
