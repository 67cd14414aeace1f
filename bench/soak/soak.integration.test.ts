import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { createJobTable, declareJobQueue } from "../support/job-table.ts";
import { soak } from "./soak.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createJobTable(database.pool);
  await declareJobQueue(database.pool);
});
afterAll(() => database.drop());

it("a queue drained by four connections again and again has no deadlock and no double claim", async () => {
  const options = { jobs: 30_000, round: 10_000, connections: 4, batch: 50 };
  const result = await soak({ ...options, database: database.pool, url: database.url });
  expect(result).toEqual({ ranTwice: 0, missed: 0, deadlocks: 0, complaints: [] });
});
