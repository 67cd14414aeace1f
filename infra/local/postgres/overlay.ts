import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { hasExtension, type PostgresServer } from "./find-server.ts";

/** Stand-ins of this project, used only where the server lacks the extension. */
export const standIns = ["pg_net", "supabase_vault"] as const;

// On Supabase an extension to the server lets the non-superuser `postgres` create these.
const trusted = ["pg_cron", ...standIns];
const binaries = ["postgres", "initdb"];
const standInDir = path.join(import.meta.dirname, "stand-ins");

/**
 * Builds a private copy of an installed server under `target` and returns its bin folder. PostgreSQL finds its share
 * directory relative to its own binary, so copied binaries beside a folder of symlinks see more extensions than the
 * system has, without root and without a write outside `target`. Does nothing when `target` is up to date.
 * The server must not be running from `target`.
 */
export function buildOverlay(server: PostgresServer, target: string): string {
  const bindir = path.join(target, server.bindir);
  const stamp = path.join(target, "stamp");
  const wanted = fingerprint(server);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return bindir;
  const draft = `${target}.new`;
  rmSync(draft, { recursive: true, force: true });
  copyBinaries(server, draft);
  linkFolders(server, draft);
  fillExtensions(server, path.join(draft, server.sharedir, "extension"));
  writeFileSync(path.join(draft, "stamp"), wanted);
  rmSync(target, { recursive: true, force: true });
  renameSync(draft, target);
  return bindir;
}

function copyBinaries(server: PostgresServer, target: string): void {
  mkdirSync(path.join(target, server.bindir), { recursive: true });
  for (const name of binaries) {
    copyFileSync(path.join(server.bindir, name), path.join(target, server.bindir, name));
  }
}

function linkFolders(server: PostgresServer, target: string): void {
  const pkglibdir = path.join(target, server.pkglibdir);
  mkdirSync(path.dirname(pkglibdir), { recursive: true });
  symlinkSync(server.pkglibdir, pkglibdir);
  mkdirSync(path.join(target, server.sharedir, "extension"), { recursive: true });
  for (const name of readdirSync(server.sharedir)) {
    if (name === "extension") continue;
    symlinkSync(path.join(server.sharedir, name), path.join(target, server.sharedir, name));
  }
}

function fillExtensions(server: PostgresServer, target: string): void {
  const source = path.join(server.sharedir, "extension");
  for (const name of readdirSync(source)) {
    if (!isTrustedControl(name)) symlinkSync(path.join(source, name), path.join(target, name));
  }
  for (const name of standInFiles(server)) {
    if (!isTrustedControl(name)) copyFileSync(path.join(standInDir, name), path.join(target, name));
  }
  for (const name of trusted) {
    const from = hasExtension(server, name) ? source : standInDir;
    const control = readFileSync(path.join(from, `${name}.control`), "utf8");
    writeFileSync(
      path.join(target, `${name}.control`),
      `${control.replace(/^trusted\b.*$/m, "").trimEnd()}\ntrusted = true\n`,
    );
  }
}

function isTrustedControl(file: string): boolean {
  return trusted.some((name) => file === `${name}.control`);
}

function standInFiles(server: PostgresServer): string[] {
  const wanted = standIns.filter((name) => !hasExtension(server, name));
  return readdirSync(standInDir).filter((file) =>
    wanted.some((name) => file.startsWith(`${name}--`) || file === `${name}.control`),
  );
}

/** Changes with the system's packages and with our stand-ins. */
function fingerprint(server: PostgresServer): string {
  const hash = createHash("sha256").update(JSON.stringify(server));
  const extension = path.join(server.sharedir, "extension");
  const binary = path.join(server.bindir, "postgres");
  for (const file of [binary, server.sharedir, extension]) hash.update(`${file} ${statSync(file).mtimeMs}\n`);
  for (const name of trusted) {
    if (hasExtension(server, name)) hash.update(readFileSync(path.join(extension, `${name}.control`)));
  }
  for (const name of [...standInFiles(server)].sort()) {
    hash.update(name).update(readFileSync(path.join(standInDir, name)));
  }
  return hash.digest("hex");
}
