import type { JobHandler } from "./job.ts";
import { createQueueClient, type Query } from "./queue-client.ts";
import { defaultSettings, type WorkerSettings } from "./settings.ts";
import { type WorkerEnd, WorkLoop } from "./work-loop.ts";
import type { WorkerEvent } from "./worker-event.ts";

export interface WorkerOptions extends Partial<WorkerSettings> {
  readonly queue: string;
  readonly query: Query;
  readonly handler: JobHandler;
  /** When claiming ends, on the clock of `performance.now()`; never when left out. May move later meanwhile. */
  readonly claimUntil?: () => number;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** A running worker. */
export interface Worker {
  /** Settles when the worker has gone to sleep, has handed over or was stopped; rejects when the queue is unreachable. */
  readonly finished: Promise<WorkerEnd>;
  /** There may be work: poll now instead of later. */
  nudge(): void;
  /** Claims no more; `finished` settles once what runs has ended. */
  drain(): void;
  /** Gives back what runs; `finished` settles soon. With `blame`, a reason, what runs has failed instead. */
  stop(blame?: string): void;
}

/** Starts a worker on a queue: claims, runs, reports, lingers on the empty queue, goes to sleep. */
export function runWorker(options: WorkerOptions): Worker {
  const { queue, query, handler, claimUntil = never, onEvent = () => {}, ...settings } = options;
  const loop = new WorkLoop({
    queue,
    client: createQueueClient(query, queue, crypto.randomUUID()),
    handler,
    settings: completeSettings(settings),
    claimUntil,
    onEvent,
  });
  return {
    finished: loop.run(),
    nudge: () => loop.nudge(),
    drain: () => loop.drain(),
    stop: (blame) => loop.stop(blame),
  };
}

const never = () => Number.POSITIVE_INFINITY;

/** `jobstack.step_batch` hands out no more at once. */
const largestBatch = 1_000;

/** A batch below the concurrency would leave places empty for ever. */
function completeSettings(given: Partial<WorkerSettings>): WorkerSettings {
  const settings = { ...defaultSettings, ...given };
  const batch = Math.min(Math.max(settings.batch, settings.concurrency), largestBatch);
  return { ...settings, batch };
}
