import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { projectRoot } from "../../infra/local/workspace.ts";

const source = fileURLToPath(new URL("peers", import.meta.url));

export interface PeersFolder {
  folder: string;
  /** The Node that all sides run on: the peers need a newer one than Jobstack. */
  node: string;
}

/** Brings the peers' programs and packages into a folder of their own, outside of this project's dependencies. */
export async function preparePeers(): Promise<PeersFolder> {
  const folder = path.join(projectRoot, ".jobstack/bench/peers");
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(source)) copyFileSync(path.join(source, file), path.join(folder, file));
  const node = path.join(folder, "node_modules/node/bin/node");
  if (!existsSync(node)) {
    console.error("Installing what is compared with ...");
    await execa("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
      cwd: folder,
      stdio: "inherit",
    });
  }
  return { folder, node };
}
