import type { SupabaseClient } from "@supabase/supabase-js";
import { FunctionsHttpError } from "@supabase/supabase-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JobQueue } from "./job-queue.ts";

/** Answers of job-status, in turn; the last one again and again. */
let answers: (() => { data: unknown; error: unknown })[];
let looks: number;
let channels: { update(): void; subscribed(): void }[];
let open: number;

const job = (status: string) => () => ({ data: { id: "1", status }, error: null });
const refused = (status: number, error: string) => () => ({
  data: null,
  error: new FunctionsHttpError(Response.json({ error }, { status })),
});

/** The client library as far as the queue uses it; `examples` of the real one against real functions are in test/systems. */
function fakeSupabase(): SupabaseClient {
  const channel = () => {
    let update = () => {};
    let tell = (_status: string) => {};
    const self = {
      on: (_kind: string, _filter: unknown, callback: () => void) => {
        update = callback;
        return self;
      },
      subscribe: (callback: (status: string) => void) => {
        tell = callback;
        open += 1;
        return self;
      },
    };
    channels.push({ update: () => update(), subscribed: () => tell("SUBSCRIBED") });
    return self;
  };
  const functions = {
    invoke: async () => {
      looks += 1;
      return (answers.length > 1 ? answers.shift() : answers[0])?.();
    },
  };
  const removeChannel = async () => {
    open -= 1;
  };
  return { functions, channel, removeChannel } as unknown as SupabaseClient;
}

beforeEach(() => {
  vi.useFakeTimers();
  [answers, looks, channels, open] = [[], 0, [], 0];
});
afterEach(() => {
  vi.useRealTimers();
});

describe("wait", () => {
  it("looks less and less often until the job has ended, and hears of each change once", async () => {
    answers = [job("pending"), job("pending"), job("processing"), job("processing"), job("completed")];
    const seen: string[] = [];
    const done = new JobQueue(fakeSupabase()).wait("1", { onChange: ({ status }) => seen.push(status) });
    // At most 1.2 * (500 + 750 + 1,125 + 1,687) ms.
    await vi.advanceTimersByTimeAsync(4_900);
    expect((await done).status).toBe("completed");
    expect(seen).toEqual(["pending", "processing", "completed"]);
    expect([looks, open]).toEqual([5, 0]);
  });

  it("looks at once when Realtime has something to say", async () => {
    answers = [job("pending"), job("processing"), job("completed")];
    const done = new JobQueue(fakeSupabase()).wait("1");
    await vi.advanceTimersByTimeAsync(0);
    channels[0]?.subscribed();
    await vi.advanceTimersByTimeAsync(0);
    channels[0]?.update();
    await vi.advanceTimersByTimeAsync(0);
    expect((await done).status).toBe("completed");
  });

  it("gives up when told to, and leaves nothing behind", async () => {
    answers = [job("pending")];
    const abort = new AbortController();
    const done = new JobQueue(fakeSupabase()).wait("1", { signal: abort.signal });
    const failure = expect(done).rejects.toThrow("closed");
    await vi.advanceTimersByTimeAsync(2_000);
    abort.abort(new Error("closed"));
    await failure;
    expect([open, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("asks again when the server cannot answer, and reports what it refuses", async () => {
    answers = [refused(503, "starting"), refused(429, "slow down"), job("failed")];
    const done = new JobQueue(fakeSupabase()).wait("1");
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await done).status).toBe("failed");
    answers = [refused(404, "job not found")];
    await expect(new JobQueue(fakeSupabase()).wait("2")).rejects.toThrow("job not found");
    expect(open).toBe(0);
  });
});
