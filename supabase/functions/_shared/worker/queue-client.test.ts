import { describe, expect, it } from "vitest";
import { createQueueClient } from "./queue-client.ts";

const worker = "5f0d1f0a-0000-4000-8000-000000000001";

function setup(rows: Record<string, unknown>[] = []) {
  const calls: unknown[][] = [];
  const client = createQueueClient(
    async (text, parameters) => {
      calls.push([text, ...parameters]);
      return rows;
    },
    "story",
    worker,
  );
  return { client, parameters: () => calls[0]?.slice(1) };
}

describe("queue client", () => {
  it("reports results, which are JSON text already, as JSON and not as text", async () => {
    const { client, parameters } = setup();
    const completed = { id: "a", token: "7", outcome: "completed", result: '{"title":"x"}' } as const;
    const failed = { id: "b", token: "7", outcome: "failed", error: "no\0pe", retryable: false } as const;
    await client.step([completed, failed], 3);
    expect(parameters()).toEqual([
      "story",
      worker,
      '[{"id":"a","token":7,"outcome":"completed","result":{"title":"x"}},' +
        '{"id":"b","token":7,"outcome":"failed","error":"nope","retryable":false}]',
      "3",
    ]);
  });

  it("reads claims as either driver gives them", async () => {
    const row = {
      job_id: "a",
      token: "7",
      attempt: 1,
      max_attempts: "3",
      lease_ms: 59_999.5,
      job: { id: "a" },
    };
    const { client } = setup([row]);
    expect(await client.step([], 1)).toEqual([
      { id: "a", token: "7", attempt: 1, maxAttempts: 3, leaseMs: 59_999.5, row: { id: "a" } },
    ]);
  });

  it("answers a heartbeat with the leases still held", async () => {
    const { client, parameters } = setup([{ token: "8" }]);
    expect(await client.heartbeat(["7", "8"])).toEqual(new Set(["8"]));
    expect(parameters()).toEqual(["story", worker, "{7,8}"]);
  });

  it.each([
    [true, true],
    [false, false],
    [null, false],
  ])("takes %j for an answer to sleep", async (asleep, expected) => {
    const { client } = setup([{ asleep }]);
    expect(await client.sleep()).toBe(expected);
  });
});
