import type { MetricDefinition } from "./catalogue/metric-definition.ts";
import { catalogue, metricNames } from "./catalogue.ts";
import type { Sample } from "./sample.ts";

/** Looked up once, since a scrape has tens of thousands of samples. */
const declaredLabels = new Map(metricNames.map((name) => [name, Object.keys(catalogue[name].labels).sort()]));

/**
 * Throws when samples would make an invalid exposition. The types keep names and labels right; what only shows at run
 * time is a series given twice, for which Prometheus refuses the whole scrape, and a value that is no number.
 */
export function checkSamples(samples: readonly Sample[]): void {
  const seen = new Set<string>();
  for (const { name, labels, value } of samples) {
    const series = () => `${name}${JSON.stringify(labels)}`;
    const declared = declaredLabels.get(name) ?? [];
    const values: Readonly<Record<string, string>> = labels;
    let key: string = name;
    for (const label of declared) key += `\0${values[label]}`;
    if (seen.has(key))
      throw new Error(`series "${series()}": given twice; add the label that tells them apart`);
    seen.add(key);
    const definition: MetricDefinition = catalogue[name];
    if (Object.keys(labels).length !== declared.length || !declared.every((label) => label in labels)) {
      throw new Error(`series "${series()}": has other labels than the catalogue; give exactly: ${declared}`);
    }
    const numbers = typeof value === "number" ? [value] : [value.sum, ...value.counts];
    if (numbers.some(Number.isNaN))
      throw new Error(`series "${series()}": is not a number; give no sample for NULL`);
    if (definition.type !== "gauge" && numbers.some((number) => number < 0)) {
      throw new Error(
        `series "${series()}": is ${Math.min(...numbers)}; a ${definition.type} is never below 0`,
      );
    }
  }
}
