import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hasExtension, type PostgresServer } from "./find-server.ts";
import { pgHbaConf, postgresqlConf, type ServerSettings } from "./settings.ts";

export interface ConfigurationOptions extends Omit<ServerSettings, "preload"> {
  server: PostgresServer;
  dataDir: string;
  /** Folder for what the server needs beside its data. */
  location: string;
}

/** Writes postgresql.conf and pg_hba.conf for this server, preloading what it really has. */
export function writeConfiguration({ server, dataDir, location, ...settings }: ConfigurationOptions): void {
  const preload = ["pg_stat_statements", "pg_cron", "pg_net", "supabase_vault"].filter((name) =>
    hasExtension(server, name),
  );
  const extra = {
    ...(preload.includes("supabase_vault")
      ? { "vault.getkey_script": writeKeyScript(dataDir, location) }
      : {}),
    ...settings.extra,
  };
  // initdb made both files; writing into them keeps their owner.
  writeFileSync(path.join(dataDir, "postgresql.conf"), postgresqlConf({ ...settings, preload, extra }));
  writeFileSync(path.join(dataDir, "pg_hba.conf"), pgHbaConf());
}

/** The real Vault runs a script to get its root key. */
function writeKeyScript(dataDir: string, location: string): string {
  const script = path.join(location, "vault-getkey.sh");
  writeFileSync(script, `#!/bin/sh\nexec cat '${path.join(dataDir, "vault.key")}'\n`);
  chmodSync(script, 0o755);
  return script;
}
