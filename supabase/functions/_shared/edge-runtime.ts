// The edge to Supabase's function runtime; nothing below _shared may use its globals elsewhere.

interface EdgeRuntime {
  waitUntil(work: Promise<unknown>): void;
}

/** Wall clock of a function on the free plan. Where it is longer, the worker finds out by itself. */
const hostedLimitMs = 150_000;

/** Keeps the isolate alive until `work` has settled, after the response is sent. */
export function waitUntil(work: Promise<unknown>): void {
  (globalThis as { EdgeRuntime?: EdgeRuntime }).EdgeRuntime?.waitUntil(work);
}

/** Calls back once, shortly before the runtime ends this isolate. */
export function onShutdown(callback: () => void): void {
  globalThis.addEventListener("beforeunload", callback, { once: true });
}

/**
 * Age in milliseconds at which the runtime ends an isolate; infinite where none does. `SB_EXECUTION_ID` is set by
 * Supabase's runtime only; `WORKER_WALL_CLOCK_SECONDS` overrides (0 = no limit).
 */
export function isolateLimitMs(env: (name: string) => string | undefined): number {
  const configured = Number(env("WORKER_WALL_CLOCK_SECONDS") ?? Number.NaN);
  if (configured > 0) return configured * 1_000;
  if (configured === 0 || env("SB_EXECUTION_ID") === undefined) return Number.POSITIVE_INFINITY;
  return hostedLimitMs;
}
