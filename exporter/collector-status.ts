import { failureReasons } from "./catalogue/exporter.ts";
import type { Collector } from "./collector.ts";
import type { FailureReason } from "./failure-reason.ts";
import type { Sample } from "./sample.ts";

/** Of one collector: 500 cron jobs have about 9000 samples, each series of a histogram not counted. */
export const mostSamples = 20_000;

const none: readonly Sample[] = [];

/** How one collector fares, and the samples of its last run. All times in milliseconds. */
export class CollectorStatus {
  readonly collector: Collector;
  /** Null until the first run, and while skipped. */
  success: boolean | null = null;
  skipped = false;
  durationMs: number | null = null;
  lastSuccessAt: number | null = null;
  samples = none;
  reason: FailureReason | null = null;
  dropped = 0;
  reused = 0;
  readonly errors = Object.fromEntries(failureReasons.map((reason) => [reason, 0])) as Record<
    FailureReason,
    number
  >;

  constructor(collector: Collector) {
    this.collector = collector;
  }

  /** Only a success is worth waiting after; a failed or skipped collector is asked again each time. */
  isDue(now: number): boolean {
    const { lastSuccessAt, success } = this;
    return success !== true || lastSuccessAt === null || now - lastSuccessAt >= this.collector.minIntervalMs;
  }

  /** Keeps only so many samples as Prometheus can be asked to take. */
  succeed(all: readonly Sample[], now: number, durationMs: number): void {
    const samples = all.slice(0, mostSamples);
    this.dropped += all.length - samples.length;
    Object.assign(this, {
      success: true,
      skipped: false,
      reason: null,
      lastSuccessAt: now,
      durationMs,
      samples,
    });
  }

  skip(): void {
    Object.assign(this, { success: null, skipped: true, reason: null, durationMs: null, samples: none });
  }

  fail(reason: FailureReason, durationMs: number | null): void {
    this.errors[reason] += 1;
    Object.assign(this, { success: false, skipped: false, reason, durationMs, samples: none });
  }
}
