import { Collection } from "./collection.ts";
import { collectorsFor } from "./collectors.ts";
import type { TargetConfig } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import { before } from "./deadline.ts";
import type { TargetLabels } from "./exposition.ts";
import type { Log } from "./log.ts";

/** For saving at the end. */
const closeMs = 3000;

/** One observed database, with its own connections, state and failures. */
export interface Target {
  readonly name: string;
  readonly labels: TargetLabels;
  readonly collection: Collection;
  readonly database: Database;
}

export interface TargetContext {
  version: string;
  log: Log;
  /** Unix time in milliseconds. Default: the clock of the machine. */
  now?: () => number;
}

/** Connects to nothing yet: the first collection does. */
export function openTarget(
  { name, labels, databaseUrl, jobTables = [] }: TargetConfig,
  { log, ...context }: TargetContext,
  database = openDatabase(databaseUrl),
): Target {
  const collection = new Collection({
    ...context,
    database,
    collectors: collectorsFor(jobTables),
    log: (event, fields) => log(event, { target: name, ...fields }),
  });
  return { name, labels, collection, database };
}

/** Saves what the target counts and gives its connections back. Never rejects. */
export async function closeTarget({ name, collection, database }: Target, log: Log): Promise<void> {
  try {
    await before(closeMs, collection.close());
  } catch (error) {
    log("stopped before everything was saved", { target: name, error: (error as Error).message });
  }
  database.close().catch(() => undefined);
}
