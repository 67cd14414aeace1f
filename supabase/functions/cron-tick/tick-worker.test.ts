import { expect, it, vi } from "vitest";
import type { JobHandler } from "../_shared/worker.ts";
import { TickWorker } from "./tick-worker.ts";

it("fails what runs when the isolate ends, so that a job that brings it down is not tried for ever", async () => {
  const batch = {
    token: "7",
    job_ids: ["a"],
    attempts: null,
    max_attempts: [3],
    jobs: [{}],
    lease_ms: 60_000,
  };
  const batches = [batch];
  const reports: unknown[] = [];
  const handler = vi.fn<JobHandler>(() => new Promise(() => {}));
  const worker = new TickWorker({
    queue: "flashcards",
    schema: '"flashcards"',
    sweep: async () => {},
    handler,
    drainMs: 0,
    limitMs: Number.POSITIVE_INFINITY,
    query: async (text, parameters) => {
      if (!text.includes("step_batch")) return [{ asleep: true }];
      reports.push(...JSON.parse(String(parameters[2])));
      return batches.splice(0);
    },
  });
  const worked = worker.work({ iterations: 1, delay: 0 });
  await vi.waitFor(() => expect(handler).toHaveBeenCalled());
  worker.stop();
  await worked;
  const error = "the runtime ended the worker before the job finished";
  expect(reports).toEqual([{ id: "a", token: 7, outcome: "failed", error, retryable: true }]);
});
