/** A process that lived at least this long did not die of starting. */
export const stableAfterMs = 10_000;

/**
 * How long to refuse to boot a function again after it died young `failures` times in a row. The first two are free:
 * one bad request must not keep the next one waiting.
 */
export function crashBackoffMs(failures: number): number {
  return failures < 3 ? 0 : Math.min(1_000 * 2 ** (failures - 3), 30_000);
}
