import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../package-root.ts";

/** One file of SQL; `name` is its file name without the ending. */
export interface SqlFile {
  name: string;
  sql: string;
}

/** The `.sql` files of a folder below `sql/`, by name; empty when there is no such folder. */
export function readSqlFolder(folder: string): SqlFile[] {
  const dir = path.join(packageRoot, "sql", folder);
  return readdirSync(dir)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => ({ name: path.basename(file, ".sql"), sql: readFileSync(path.join(dir, file), "utf8") }));
}

/** One `.sql` file below `sql/`. */
export function readSqlFile(file: string): string {
  return readFileSync(path.join(packageRoot, "sql", file), "utf8");
}
