import { catalogue, type MetricName } from "./catalogue.ts";
import type { Collector } from "./collector.ts";

/**
 * Throws one error naming every problem when two collectors have the same name or own the same metric, or one owns what
 * the catalogue lacks. Called at start.
 */
export function checkCollectors(collectors: readonly Collector[]): void {
  const problems = [
    ...twice(collectors.map(({ name }) => name)).map(
      (name) => `collector "${name}": defined twice; rename one`,
    ),
    ...twice(collectors.flatMap(ownedSeries)).map(
      (metric) => `metric "${metric}": owned twice; leave it to one collector`,
    ),
    ...collectors.flatMap(({ name, metrics }) =>
      metrics
        .filter((metric: MetricName) => !(metric in catalogue))
        .map((metric) => `collector "${name}": "${metric}" is not in the catalogue; add it there`),
    ),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** Those of one queue are told from each other, and from all others, by their label. */
function ownedSeries({ metrics, queue }: Collector): string[] {
  return metrics.map((metric) => (queue === null ? metric : `${metric}{queue=${queue}}`));
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
