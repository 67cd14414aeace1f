import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

const settings = { concurrency: 10, batch: 1_000, aheadMs: 100 };

it.each([
  ["as many as may run at the start", [], 10],
  ["as many as end in time", [[50, 20]], 250],
  ["as many as may run when they are slow", [[1, 5_000]], 10],
  ["as many as are allowed when they take no time", [[10, 0]], 1_000],
  [
    "fewer when they become slower, though some end together",
    [
      [500, 10],
      [2, 4_000],
      [1, 1],
    ],
    10,
  ],
])("holds %s", (_, rounds, expected) => {
  const pace = new Pace(settings);
  for (const [ended = 0, ms = 0] of rounds) pace.note(ended, ms);
  expect(pace.batch).toBe(expected);
});
