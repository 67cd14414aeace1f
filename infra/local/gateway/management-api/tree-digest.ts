import { createHash } from "node:crypto";

export interface DeployedFile {
  /** Relative to the project's root, with slashes. */
  path: string;
  /** Lower-case hex. */
  sha256: string;
}

/**
 * The digest that identifies deployed code: SHA-256 over the lines of `sha256sum`, sorted by path. Equal files at equal
 * paths give equal digests, in whatever order they were sent.
 */
export function treeDigest(files: DeployedFile[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const hash = createHash("sha256");
  for (const { path, sha256 } of sorted) hash.update(`${sha256}  ${path}\n`);
  return hash.digest("hex");
}
