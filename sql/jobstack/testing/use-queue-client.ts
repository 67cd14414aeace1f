import type { PoolClient } from "pg";
import { afterEach, beforeEach } from "vitest";
import type { TestDatabase } from "../../../test/support/test-database.ts";
import { createQueueDatabase, setClock } from "./queue-database.ts";

/**
 * Gives each test of the calling file a database with the queue core and one connection to it, on which the clock stands
 * still at the beginning of 2026.
 */
export function useQueueClient(): { database: () => TestDatabase; client: () => PoolClient } {
  let database: TestDatabase;
  let client: PoolClient;
  beforeEach(async () => {
    database = await createQueueDatabase();
    client = await database.pool.connect();
    await setClock(client, "2026-01-01T00:00:00Z");
  });
  afterEach(async () => {
    client.release();
    await database.drop();
  });
  return { database: () => database, client: () => client };
}
