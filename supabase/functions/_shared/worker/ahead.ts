/**
 * How many jobs a worker should hold: as many as it ends in `aheadMs`, by the pace of its last round, so that quick jobs
 * share round trips and slow ones stay with whoever is free.
 */
export function batchAhead(
  ended: number,
  ms: number,
  limits: { concurrency: number; batch: number; aheadMs: number },
) {
  const pace = ended / Math.max(ms, 0.1);
  const ahead = Math.floor(pace * limits.aheadMs);
  return Math.min(Math.max(ahead, limits.concurrency), limits.batch);
}
