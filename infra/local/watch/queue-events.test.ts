import { describe, expect, it } from "vitest";
import { describeQueueEvents, type QueueCounters } from "./queue-events.ts";

const idle: QueueCounters = {
  queue: "story",
  enqueued_total: 5,
  completed_total: 5,
  failed_total: 0,
  retried_total: 0,
  lease_expired_total: 0,
  wake_sent_total: 2,
  wake_failed_total: 0,
};

describe("describeQueueEvents", () => {
  it("is silent when nothing changed", () => {
    expect(describeQueueEvents([idle], [idle])).toEqual([]);
  });

  it("says each kind of event once, with its count", () => {
    const after = {
      ...idle,
      enqueued_total: 1005,
      wake_sent_total: 3,
      completed_total: 1004,
      failed_total: 1,
    };
    expect(describeQueueEvents([idle], [after])).toEqual([
      "story: 1,000 jobs added",
      "story: worker woken",
      "story: 999 jobs finished",
      "story: 1 job failed for good",
    ]);
  });

  it("counts a new queue from zero", () => {
    const fresh = { ...idle, queue: "packs", enqueued_total: 1, completed_total: 0, wake_sent_total: 0 };
    expect(describeQueueEvents([idle], [idle, fresh])).toEqual(["packs: 1 job added"]);
  });
});
