import { afterAll, beforeAll } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/** An own database for the tests of one file. */
export function useTestDatabase(prepare?: (database: TestDatabase) => Promise<void>): () => TestDatabase {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await prepare?.(database);
  });
  afterAll(async () => {
    await database.drop();
  });
  return () => database;
}
