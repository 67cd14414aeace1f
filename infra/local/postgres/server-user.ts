import { readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The operating system's user that PostgreSQL runs as. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** Owner and permission bits of one folder, as `stat` gives them. */
export interface FolderAccess {
  uid: number;
  gid: number;
  mode: number;
}

/**
 * PostgreSQL refuses to run as root: root hands it to `postgres` if there is one, else to `nobody`. Undefined means
 * that the current user runs it. `passwd` is the text of /etc/passwd.
 */
export function chooseServerUser(uid: number | undefined, passwd: string): ServerUser | undefined {
  if (uid !== 0) return undefined;
  const users = passwd.split("\n").map((line) => line.split(":"));
  for (const wanted of ["postgres", "nobody"]) {
    const found = users.find(([name]) => name === wanted);
    if (found) return { name: wanted, uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error(
    'postgres: it cannot run as root and there is no user "postgres" or "nobody"; add one (useradd --system postgres)',
  );
}

/** Whether the user may pass through every one of these folders (search permission; no supplementary groups). */
export function canTraverse(user: ServerUser, folders: FolderAccess[]): boolean {
  return folders.every(({ uid, gid, mode }) => {
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    return (mode & bit) !== 0;
  });
}

/** The user for this process. */
export function currentServerUser(): ServerUser | undefined {
  const uid = process.getuid?.();
  return chooseServerUser(uid, uid === 0 ? readFileSync("/etc/passwd", "utf8") : "");
}

/** Access data of a folder and all its parents. The folder must exist. */
export function foldersUpTo(dir: string): FolderAccess[] {
  const parent = path.dirname(dir);
  return [...(parent === dir ? [] : foldersUpTo(parent)), statSync(dir)];
}
