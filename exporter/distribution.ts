import { z } from "zod";

/** A distribution as it is kept and saved. */
export type KeptDistribution = z.infer<ReturnType<typeof distributionOf>>;

/** The schema of saved observations; what has another number of buckets does not fit. */
export function distributionOf(buckets: readonly number[]) {
  return z.object({ counts: z.array(z.number()).length(buckets.length + 1), sum: z.number() });
}

export function emptyDistribution(buckets: readonly number[]): KeptDistribution {
  return { counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 };
}

/** With one more observation, in the first bucket that holds it. */
export function observe(
  { counts, sum }: KeptDistribution,
  buckets: readonly number[],
  value: number,
): KeptDistribution {
  const found = buckets.findIndex((bound) => value <= bound);
  const bucket = found === -1 ? buckets.length : found;
  return { counts: counts.map((count, index) => count + Number(index === bucket)), sum: sum + value };
}
