import type { Duration } from "./rule.ts";

/** Every number of the alerts that someone may want to change, and what changing it does. */
export const thresholds = {
  /** A restart of the exporter or the database is over by then. */
  outageFor: "2m" as Duration,
  /** A collector that meets a lock or a slow moment recovers by itself; one that fails for this long does not. */
  collectorFailingFor: "10m" as Duration,
  /** How long a job may wait for a worker, in seconds. Above the time a lost wake-up takes to be noticed. */
  oldestReadySeconds: 300,
  /** The oldest job must have been too old for this long, so that one late job at the end of a burst is no alert. */
  oldestReadyFor: "2m" as Duration,
  /** Jobs count as stuck only after the queue's own stuck_after_seconds; this only spares one late finish. */
  stuckFor: "1m" as Duration,
  /** How long a dead letter keeps its alert firing. Shorter than the way of the alert to a reader loses it. */
  deadLetterWindow: "15m" as Duration,
} as const;
