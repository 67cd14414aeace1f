import type { NodeWorker } from "./start-worker.ts";

export interface StopOptions {
  /** How long jobs may finish after the first signal. Default 30 seconds. */
  readonly graceMs?: number;
}

/**
 * Ends a worker on SIGTERM or SIGINT: it drains, and stops when its jobs take too long or a second signal comes. After
 * that signals do again what they do by themselves.
 */
export function stopOnSignals(worker: NodeWorker, { graceMs = 30_000 }: StopOptions = {}): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const unlisten = () => {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, onSignal);
  };
  const stop = () => {
    unlisten();
    worker.stop();
  };
  const onSignal = () => {
    if (timer !== undefined) return stop();
    timer = setTimeout(stop, graceMs);
    worker.drain();
  };
  for (const signal of signals) process.on(signal, onSignal);
  worker.finished.then(unlisten, unlisten);
}

const signals = ["SIGTERM", "SIGINT"] as const;
