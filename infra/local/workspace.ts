import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The root folder of this project. */
export const projectRoot = path.resolve(fileURLToPath(import.meta.url), "../../..");

/** Where one running platform keeps everything it makes. */
export interface Workspace {
  /** `.jobstack` in the project, or JOBSTACK_DIR. */
  dir: string;
  logs: string;
  /** Programs for the user's PATH. */
  bin: string;
  run: string;
  postgres: string;
  gateway: string;
  pulumi: string;
  prometheus: string;
  alertmanager: string;
}

/** Paths only; nothing is created. */
export function locateWorkspace(env: NodeJS.ProcessEnv): Workspace {
  const dir = path.resolve(projectRoot, env.JOBSTACK_DIR ?? ".jobstack");
  const inside = (name: string) => path.join(dir, name);
  return {
    dir,
    logs: inside("logs"),
    bin: inside("bin"),
    run: inside("run"),
    postgres: inside("postgres"),
    gateway: inside("gateway"),
    pulumi: inside("pulumi"),
    prometheus: inside("prometheus"),
    alertmanager: inside("alertmanager"),
  };
}

/**
 * Creates the folders, closed to other users: they hold credentials and state. The outer one may be passed through,
 * since Postgres, when root starts it, runs as another user.
 */
export function createWorkspace(workspace: Workspace): void {
  mkdirSync(workspace.dir, { recursive: true, mode: 0o711 });
  for (const dir of [workspace.logs, workspace.run, workspace.gateway, workspace.pulumi]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }
}
