import type { MetricName } from "../catalogue.ts";
import type { LabelsOf, Sample, SampleOf, ScalarName } from "../sample.ts";

/** The samples of a snapshot, by name and labels. */
export class Readings {
  readonly #values = new Map<string, number>();
  readonly #byName = new Map<MetricName, Sample[]>();

  constructor(samples: readonly Sample[]) {
    for (const one of samples) {
      if (typeof one.value === "number") this.#values.set(seriesKey(one.name, one.labels), one.value);
      const own = this.#byName.get(one.name);
      if (own) own.push(one);
      else this.#byName.set(one.name, [one]);
    }
  }

  /** Null when there is no such series, which means that the value is not known. */
  value<N extends ScalarName>(name: N, labels: LabelsOf<N>): number | null {
    return this.#values.get(seriesKey(name, labels)) ?? null;
  }

  all<N extends ScalarName>(name: N): readonly SampleOf<N>[] {
    return (this.#byName.get(name) ?? []) as unknown as readonly SampleOf<N>[];
  }
}

/** One series by name and labels, whatever their order. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
