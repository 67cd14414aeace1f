/** Least, middle and greatest of some measurements. */
export function spread(values: readonly number[]): { least: number; median: number; most: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { least: at(0), median: at(Math.floor(sorted.length / 2)), most: at(sorted.length - 1) };
}

export function median(values: readonly number[]): number {
  return spread(values).median;
}
