import { expect, it } from "vitest";
import { checkCollectors } from "./check-collectors.ts";
import type { Collector } from "./collector.ts";
import { collectors } from "./collectors.ts";

function collectorOf(name: string, metrics: string[]): Collector {
  return {
    name,
    metrics,
    queue: null,
    timeoutMs: 1,
    minIntervalMs: 0,
    keepsState: false,
  } as unknown as Collector;
}

it("accepts the collectors of this program", () => {
  expect(() => checkCollectors(collectors)).not.toThrow();
});

it("names all problems at once", () => {
  const wrong = [collectorOf("a", ["jobs_stuck", "jobs_lost"]), collectorOf("a", ["jobs_stuck"])];
  expect(() => checkCollectors(wrong)).toThrow(
    [
      'collector "a": defined twice; rename one',
      'metric "jobs_stuck": owned twice; leave it to one collector',
      'collector "a": "jobs_lost" is not in the catalogue; add it there',
    ].join("\n"),
  );
});
