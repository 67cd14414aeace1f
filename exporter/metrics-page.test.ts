import { expect, it } from "vitest";
import { metricNames } from "./catalogue.ts";
import { generateMetricsPage } from "./metrics-page.ts";

it("has one row per metric", () => {
  const rows = generateMetricsPage()
    .content.split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows).toHaveLength(metricNames.length);
});

it("lists the values of a closed label", () => {
  expect(generateMetricsPage().content).toContain(
    "| `jobs_depth` | gauge | count | `queue`, `status` (ready, scheduled, processing) | Unfinished jobs:",
  );
});
