import { describe, expect, it } from "vitest";
import { describeEvent } from "./describe-event.ts";

const job = { id: "7", row: { job_type: "story_generation", parameters: { topic: "private" } } };
const failed = {
  kind: "failed",
  job,
  attempt: 1,
  maxAttempts: 3,
  retryable: true,
  error: "no answer",
} as const;

describe("describeEvent", () => {
  it.each([
    [{ kind: "started", job } as const, "Processing job 7 of type story_generation"],
    [{ kind: "started", job: { id: "7", row: {} } } as const, "Processing job 7"],
    [{ kind: "completed", job, ms: 12.4 } as const, "Job 7 completed in 12ms"],
    [{ kind: "worked", jobs: 1, ms: 12.4 } as const, "Processed 1 job in 12ms"],
    [{ kind: "worked", jobs: 250, ms: 80 } as const, "Processed 250 jobs in 80ms"],
    [{ kind: "nothingToDo" } as const, "No jobs to process"],
    [failed, "Job 7 failed (attempt 1 of 3, will be retried): no answer"],
    [{ ...failed, attempt: 3 }, "Job 7 failed (attempt 3 of 3, no attempts left): no answer"],
    [{ ...failed, retryable: false }, "Job 7 failed (attempt 1 of 3, not retried): no answer"],
  ])("writes one plain line", (event, line) => {
    expect(describeEvent(event)).toBe(line);
  });
});
