import fc from "fast-check";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import { History } from "./testing/history.ts";
import { anyHistory } from "./testing/history-events.ts";
import { createQueueDatabase, declareJobs, raiseFloorsAfter } from "./testing/queue-database.ts";

/** How many histories to play; more than by default to look for rare ones. */
const histories = Number(process.env.JOBSTACK_HISTORIES ?? 40);
const timeLimitMs = Math.max(300_000, histories * 5_000);

describe("any history of inserts, steps, crashes, late reports, waits, operators' and users' changes", () => {
  let database: TestDatabase;
  let client: PoolClient;
  beforeAll(async () => {
    database = await createQueueDatabase();
    await declareJobs(database.pool);
    await raiseFloorsAfter(database.pool, 0);
    client = await database.pool.connect();
  });
  afterAll(async () => {
    client.release();
    await database.drop();
  });

  it(
    "loses no job, holds none twice, keeps attempts, order and limits, leaves none stuck, counts right, and ends",
    async () => {
      await fc.assert(
        fc.asyncProperty(anyHistory, async ({ limited, ownRetries, events }) => {
          const history = new History(database.pool, client);
          await history.begin(limited, ownRetries);
          for (const event of events) await history.play(event);
          await history.finish();
        }),
        // In time to tell of a history that fails, however far it has been made shorter.
        { numRuns: histories, interruptAfterTimeLimit: timeLimitMs - 60_000 },
      );
    },
    timeLimitMs,
  );
});
