const shortestMs = 100;
const longestMs = 5_000;

/** How long to leave the database alone after so many failures in a row, in milliseconds: ever longer. */
export function retryPauseMs(failures: number): number {
  return Math.min(shortestMs * 2 ** (failures - 1), longestMs);
}
