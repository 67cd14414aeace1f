/** The outcome of `make`, a failure as well, made anew when it is older than `maxAgeMs`, and once for all who ask meanwhile. */
export function fresh<T>(maxAgeMs: number, make: () => Promise<T>, now: () => number): () => Promise<T> {
  let last: { at: number; outcome: Promise<T> } | null = null;
  return () => {
    if (last === null || now() - last.at >= maxAgeMs) last = { at: now(), outcome: make() };
    return last.outcome;
  };
}
