/** Left for rendering and the way back to Prometheus. */
const marginMs = 500;
const defaultTimeoutMs = 10_000;
const longestTimeoutMs = 60_000;
const shortestBudgetMs = 500;

/**
 * How long a collection may take, in milliseconds. `header` is X-Prometheus-Scrape-Timeout-Seconds: after that time
 * Prometheus has hung up, and a partial answer before it is worth more than a whole one after.
 */
export function scrapeBudget(header: string | undefined): number {
  const seconds = Number(header);
  const timeoutMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : defaultTimeoutMs;
  return Math.max(shortestBudgetMs, Math.min(timeoutMs, longestTimeoutMs) - marginMs);
}
