import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { UserError } from "../../user-error.ts";
import { readPlatformFile } from "../platform-file.ts";
import { readLiveState } from "../supervisor/run-state.ts";
import type { Workspace } from "../workspace.ts";

export interface DatabasePlaces {
  env: NodeJS.ProcessEnv;
  /** The file with settings that stay on this machine. */
  envFile: string;
  workspace: Workspace;
}

/** The database whose orders are processed: DATABASE_URL of the environment, else of the file, else the running local platform. */
export function findDatabaseUrl({ env, envFile, workspace }: DatabasePlaces): string {
  const fromFile = existsSync(envFile) ? parseEnv(readFileSync(envFile, "utf8")).DATABASE_URL : undefined;
  const given = env.DATABASE_URL || fromFile;
  if (given) return checkUrl(given, env.DATABASE_URL ? "the environment" : envFile);
  if (readLiveState(workspace.run)) return readPlatformFile(workspace.dir).databaseUrl;
  throw new UserError("no database to process the orders of; one of these is needed", [
    `DATABASE_URL in the environment or in ${envFile}, for instance postgresql://postgres:<password>@<host>:5432/postgres`,
    "the local platform; start it with: npm run up -- --detach",
  ]);
}

/** The value has the password in it, so the message has not the value. */
function checkUrl(url: string, place: string): string {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new UserError(
    `DATABASE_URL in ${place} is no address of a database; write postgresql://user:password@host:port/database`,
  );
}
