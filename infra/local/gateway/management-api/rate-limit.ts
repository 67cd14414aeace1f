export interface RateLimitVerdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Whole seconds until the window ends. */
  resetSeconds: number;
}

const windowMs = 60_000;

/** Counts requests in windows of one minute; a limit of 0 lets everything through. `now` is in milliseconds. */
export function createRateLimit(limit: number, now: () => number = Date.now): () => RateLimitVerdict {
  let start = Number.NEGATIVE_INFINITY;
  let count = 0;
  return () => {
    const at = now();
    if (at - start >= windowMs) {
      start = at;
      count = 0;
    }
    count += 1;
    const resetSeconds = Math.ceil((start + windowMs - at) / 1_000);
    return {
      allowed: limit === 0 || count <= limit,
      limit,
      remaining: Math.max(0, limit - count),
      resetSeconds,
    };
  };
}
