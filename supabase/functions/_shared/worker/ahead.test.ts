import { expect, it } from "vitest";
import { batchAhead } from "./ahead.ts";

const limits = { concurrency: 10, batch: 1_000, aheadMs: 100 };

it.each([
  ["as many as end in time", 50, 20, 250],
  ["as many as may run when they are slow", 1, 5_000, 10],
  ["as many as are allowed when they take no time", 10, 0, 1_000],
])("holds %s", (_, ended, ms, expected) => {
  expect(batchAhead(ended, ms, limits)).toBe(expected);
});
