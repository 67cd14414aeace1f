import type { MetricDefinition } from "./catalogue/metric-definition.ts";
import { catalogue } from "./catalogue.ts";
import type { Sample } from "./sample.ts";

/**
 * Throws when samples would make an invalid exposition. The types keep names and labels right; what only shows at run
 * time is a series given twice, for which Prometheus refuses the whole scrape, and a value that is no number.
 */
export function checkSamples(samples: readonly Sample[]): void {
  const seen = new Set<string>();
  for (const { name, labels, value } of samples) {
    const series = `${name}${JSON.stringify(labels)}`;
    if (seen.has(series))
      throw new Error(`series "${series}": given twice; add the label that tells them apart`);
    seen.add(series);
    const definition: MetricDefinition = catalogue[name];
    const declared = Object.keys(definition.labels).sort().join();
    if (Object.keys(labels).sort().join() !== declared) {
      throw new Error(`series "${series}": has other labels than the catalogue; give exactly: ${declared}`);
    }
    const numbers = typeof value === "number" ? [value] : [value.sum, ...value.counts];
    if (numbers.some(Number.isNaN))
      throw new Error(`series "${series}": is not a number; give no sample for NULL`);
    if (definition.type !== "gauge" && numbers.some((number) => number < 0)) {
      throw new Error(
        `series "${series}": is ${Math.min(...numbers)}; a ${definition.type} is never below 0`,
      );
    }
  }
}
