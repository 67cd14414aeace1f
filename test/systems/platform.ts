import { inject } from "vitest";
import { openTestPlatform, type TestPlatform } from "../e2e/platform.ts";

/** The running platform of these tests. Its systems are shared: a test looks only at rows that it made. */
export function systemsPlatform(): TestPlatform {
  return openTestPlatform(inject("platform"));
}
