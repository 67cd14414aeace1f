import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { makePrivate } from "./location.ts";
import type { ServerUser } from "./server-user.ts";

/** The bootstrap superuser, named as on Supabase. */
export const superuser = "supabase_admin";

export interface InitOptions {
  /** Folder of the initdb to run. */
  bindir: string;
  dataDir: string;
  user: ServerUser | undefined;
  /** Whether to wait until every file is on disk. */
  durable: boolean;
}

/** Major version of the server that made this data directory; undefined when there is none yet. */
export function dataDirectoryVersion(dataDir: string): number | undefined {
  const file = path.join(dataDir, "PG_VERSION");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
}

/** Makes the data directory once. An interrupted attempt leaves nothing that looks finished. */
export async function initDataDirectory(options: InitOptions): Promise<void> {
  const { dataDir, user } = options;
  if (dataDirectoryVersion(dataDir) !== undefined) return;
  const draft = `${dataDir}.new`;
  // Musl and old macOS have no C.UTF-8.
  const first = await initdb({ ...options, dataDir: draft }, "C.UTF-8");
  const again = first.failed && first.stderr.includes("locale");
  const last = again ? await initdb({ ...options, dataDir: draft }, "C") : first;
  if (last.failed) throw new Error(`postgres: initdb failed: ${last.stderr.trim() || last.shortMessage}`);
  writeVaultKey(draft, user);
  rmSync(dataDir, { recursive: true, force: true });
  renameSync(draft, dataDir);
}

async function initdb({ bindir, dataDir, user, durable }: InitOptions, locale: string) {
  rmSync(dataDir, { recursive: true, force: true });
  makePrivate(dataDir, user);
  const args = ["-D", dataDir, "-U", superuser, "--encoding=UTF8", `--locale=${locale}`, "--data-checksums"];
  const options = ["--auth=trust", "--no-instructions", ...(durable ? [] : ["--no-sync"])];
  return await execa(path.join(bindir, "initdb"), [...args, ...options], {
    reject: false,
    stdin: "ignore",
    cwd: "/",
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C" },
    extendEnv: false,
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
}

/** Root key of Vault: 32 bytes as hex, outside of every table and dump. */
function writeVaultKey(dataDir: string, user: ServerUser | undefined): void {
  const file = path.join(dataDir, "vault.key");
  writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  if (user) chownSync(file, user.uid, user.gid);
}
