import { createHash } from "node:crypto";
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { canTraverse, foldersUpTo, type ServerUser } from "./server-user.ts";

/**
 * The folder that holds the cluster: `dir` itself, or a folder under /var/lib/jobstack when the server's user cannot
 * reach `dir` (root's own project). The second case is recorded in `dir`/location. Creates the folder.
 */
export function clusterLocation(dir: string, user: ServerUser | undefined): string {
  mkdirSync(dir, { recursive: true });
  if (user === undefined) return dir;
  const record = path.join(dir, "location");
  const outside = path.join("/var/lib/jobstack", shortHash(dir));
  // A record that names another folder came along with a copied project and must not be followed.
  const wasOutside = existsSync(record) && readFileSync(record, "utf8").trim() === outside;
  if (!wasOutside && canTraverse(user, foldersUpTo(dir))) return dir;
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  writeFileSync(record, `${outside}\n`);
  return outside;
}

/**
 * A short private folder for the unix socket: its path may have about 100 bytes, which a project's path can exceed.
 * Created with 0700 for the server's user; whoever can enter it is trusted as any role.
 */
export function socketFolder(location: string, user: ServerUser | undefined): string {
  const dir = path.join("/tmp", `jobstack-${shortHash(location)}`);
  makePrivate(dir, user);
  const found = lstatSync(dir);
  const owner = user?.uid ?? process.getuid?.();
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new Error(
      `postgres: the socket folder "${dir}" is not a private folder of user id ${owner}; remove it`,
    );
  }
  return dir;
}

/** Creates a folder with 0700 that belongs to the server's user. Leaves an existing one as it is. */
export function makePrivate(dir: string, user: ServerUser | undefined): void {
  if (existsSync(dir)) return;
  mkdirSync(dir, { mode: 0o700 });
  if (user) chownSync(dir, user.uid, user.gid);
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
