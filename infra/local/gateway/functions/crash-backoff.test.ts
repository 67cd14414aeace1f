import { expect, it } from "vitest";
import { crashBackoffMs } from "./crash-backoff.ts";

it("boots at once after up to two failures, then waits twice as long each time, up to half a minute", () => {
  expect([0, 1, 2, 3, 4, 5, 8, 50].map(crashBackoffMs)).toEqual([
    0, 0, 0, 1_000, 2_000, 4_000, 30_000, 30_000,
  ]);
});
