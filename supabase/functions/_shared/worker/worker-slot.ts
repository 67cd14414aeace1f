import { IsolateSlot, type IsolateSlotOptions } from "./isolate-slot.ts";
import { runWorker, type WorkerOptions } from "./run-worker.ts";

export type WorkerSlotOptions = Omit<WorkerOptions, "claimUntil"> & Omit<IsolateSlotOptions, "start">;

/** The one worker of an isolate, on a managed queue. */
export class WorkerSlot extends IsolateSlot {
  constructor(options: WorkerSlotOptions) {
    super({ ...options, start: (claimUntil) => runWorker({ ...options, claimUntil }) });
  }
}
