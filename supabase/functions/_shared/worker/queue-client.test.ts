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

  it("names the jobs that succeeded without a result in one list for each lease", async () => {
    const { client, parameters } = setup();
    const plain = (id: string, token: string) => ({ id, token, outcome: "completed" }) as const;
    await client.step([plain("a", "7"), plain("b", "8"), plain("c", "7")], 0);
    expect(parameters()?.[2]).toBe('[{"token":7,"completed":["a","c"]},{"token":8,"completed":["b"]}]');
  });

  it("reads a batch of first attempts", async () => {
    const batch = {
      token: "7",
      job_ids: ["a", "b"],
      attempts: null,
      max_attempts: [3],
      jobs: [{ id: "a" }, { id: "b" }],
      lease_ms: 59_999.5,
    };
    expect(await setup([batch]).client.step([], 2)).toEqual([
      { id: "a", token: "7", attempt: 1, maxAttempts: 3, leaseMs: 59_999.5, row: { id: "a" } },
      { id: "b", token: "7", attempt: 1, maxAttempts: 3, leaseMs: 59_999.5, row: { id: "b" } },
    ]);
  });

  it("reads a batch whose jobs differ in their attempts", async () => {
    const batch = {
      token: "7",
      job_ids: ["a", "b"],
      attempts: [1, 2],
      max_attempts: [3, 5],
      jobs: [{}, {}],
      lease_ms: 1,
    };
    expect(await setup([batch]).client.step([], 2)).toMatchObject([
      { id: "a", attempt: 1, maxAttempts: 3 },
      { id: "b", attempt: 2, maxAttempts: 5 },
    ]);
  });

  it("answers a heartbeat with the leases still held and the jobs open in them", async () => {
    const { client, parameters } = setup([{ token: "8", job_ids: '["a","b"]' }]);
    expect(await client.heartbeat(["7", "8"])).toEqual(new Map([["8", new Set(["a", "b"])]]));
    expect(parameters()).toEqual(["story", worker, "{7,8}"]);
  });

  it("writes progress as JSON and tells whether the job is still held", async () => {
    const { client, parameters } = setup([{ written: true }]);
    expect(await client.progress("7", "a", { done: 3 })).toBe(true);
    expect(parameters()).toEqual(["story", worker, "7", "a", '{"done":3}']);
    expect(await setup([{ written: false }]).client.progress("7", "a", 4)).toBe(false);
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
