import { setTimeout as pause } from "node:timers/promises";

/** Takes in a job, and tells of each when its handler began. Times are milliseconds of one clock, since 1970. */
export interface Subject {
  name: string;
  /** Inserts one job; resolves once that is committed, as the client saw it. */
  insert(): Promise<Inserted>;
  /** When the handler of each of these jobs began; waits until all have. */
  begun(ids: readonly string[]): Promise<number[]>;
  stop(): Promise<void>;
}

export interface Inserted {
  id: string;
  committed: number;
}

/** Milliseconds from the commit, as the inserting client saw it, to the first line of the handler. */
export interface Latencies {
  median: number;
  p99: number;
  most: number;
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Inserts `count` jobs, one every `gapMs`, whatever becomes of those before. */
export async function measure(subject: Subject, count: number, gapMs: number): Promise<Latencies> {
  const inserts: Promise<Inserted>[] = [];
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    await pause(Math.max(0, start + n * gapMs - performance.now()));
    inserts.push(subject.insert());
  }
  const inserted = await Promise.all(inserts);
  const begun = await subject.begun(inserted.map(({ id }) => id));
  const waits = inserted.map(({ committed }, n) => Math.max(0, (begun[n] ?? Number.NaN) - committed));
  const sorted = waits.sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), most: at(1) };
}
