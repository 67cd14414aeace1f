import { afterAll, beforeAll } from "vitest";
import type { TestDatabase } from "../../../test/support/test-database.ts";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../../local/gateway/testing/test-gateway.ts";

export interface TestProject {
  api: TestGateway["api"];
  gateway: TestGateway;
  database: TestDatabase;
  /** Configuration of a provider for the project and its database. */
  config: Record<string, string>;
}

/** The local Management API and an own database, for the tests of one file. */
export function useManagementApi(): () => TestProject {
  const database = useTestDatabase();
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ databaseUrl: database().url });
  });
  afterAll(async () => {
    await gateway.close();
  });
  return () => ({
    api: gateway.api,
    gateway,
    database: database(),
    config: { databaseUrl: database().url, projectRef, accessToken, apiUrl: gateway.url },
  });
}
