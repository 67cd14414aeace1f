import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeQueue } from "../testing/fake-queue.ts";
import type { JobHandler } from "./job.ts";
import { PermanentError } from "./permanent-error.ts";
import { RetryAfterError } from "./retry-after-error.ts";
import { defaultSettings, type WorkerSettings } from "./settings.ts";
import { WorkLoop } from "./work-loop.ts";
import type { WorkerEvent } from "./worker-event.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Setup {
  handler?: JobHandler;
  settings?: Partial<WorkerSettings>;
  claimForMs?: number;
}

function setup({ handler = async () => ({}), settings, claimForMs = Number.POSITIVE_INFINITY }: Setup = {}) {
  const queue = new FakeQueue();
  const events: WorkerEvent[] = [];
  const claimUntil = performance.now() + claimForMs;
  const loop = new WorkLoop({
    queue: "story",
    client: queue,
    handler,
    settings: { ...defaultSettings, ...settings },
    claimUntil: () => claimUntil,
    onEvent: (event) => events.push(event),
  });
  const kinds = () => events.map((event) => event.kind);
  return { queue, loop, events, kinds };
}

/** A handler whose jobs end when the test says so. */
function controlled() {
  const ends = new Map<string, (result: unknown) => void>();
  const signals = new Map<string, AbortSignal>();
  const handler: JobHandler = (job, context) => {
    signals.set(job.id, context.signal);
    return new Promise((resolve) => ends.set(job.id, resolve));
  };
  return { handler, signals, running: () => [...ends.keys()], end: (id: string) => ends.get(id)?.({}) };
}

/** Claims ahead of its one place after a job that took no time. */
const quickOnes = { concurrency: 1, batch: 2 };

describe("WorkLoop", () => {
  it("runs what waits, reports it, lingers and goes to sleep", async () => {
    const { queue, loop, kinds } = setup({ handler: async (job) => ({ id: job.id }) });
    queue.enqueue("a", "b");
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(2_900);
    expect(queue.calls).not.toContain("sleep");
    await vi.advanceTimersByTimeAsync(400);
    expect(await end).toEqual({ missedNudge: false });
    expect(queue.reports).toEqual([
      { id: "a", token: "1", outcome: "completed", result: '{"id":"a"}' },
      { id: "b", token: "1", outcome: "completed", result: '{"id":"b"}' },
    ]);
    expect(kinds()).toEqual(["started", "started", "completed", "completed"]);
    expect(queue.calls.at(-1)).toBe("sleep");
  });

  it("takes no more jobs than it may, with a pause after each, and leaves the rest to a successor", async () => {
    const { queue, loop } = setup({
      settings: { concurrency: 1, batch: 1, maxJobs: 2, pauseMs: 1_000 },
    });
    queue.enqueue("a", "b", "c");
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(900);
    expect(queue.calls).toEqual(["step 0 1", "step 1 0"]);
    await vi.advanceTimersByTimeAsync(200);
    await end;
    expect(queue.calls.slice(2)).toEqual(["step 0 1", "step 1 0", "sleep", "wake"]);
    expect(queue.reports.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("claims each job as soon as the database has seen it", async () => {
    const { queue, loop } = setup();
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(400);
    for (const id of ["a", "b"]) {
      queue.enqueue(id);
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(queue.reports.map(({ id }) => id)).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(4_000);
    await end;
  });

  it("asks no more often than it would poll to watch for a job that it cannot claim", async () => {
    const { queue, loop } = setup({ settings: { lingerMs: 2_000 } });
    queue.awaitJob = async () => {
      queue.calls.push("awaitJob");
      return true;
    };
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(2_500);
    await end;
    expect(queue.calls.filter((call) => call === "awaitJob").length).toBeLessThanOrEqual(8);
  });

  it("polls where the queue cannot be watched", async () => {
    const { queue, loop, kinds } = setup();
    queue.awaitJob = async () => {
      throw new Error("no such function");
    };
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(1_000);
    queue.enqueue("a");
    await vi.advanceTimersByTimeAsync(300);
    expect(queue.reports.map(({ id }) => id)).toEqual(["a"]);
    expect(kinds()).not.toContain("unreachable");
    await vi.advanceTimersByTimeAsync(4_000);
    await end;
  });

  it("calls no successor when the jobs that it may take were the last", async () => {
    const { queue, loop, kinds } = setup({ settings: { concurrency: 1, batch: 1, maxJobs: 1 } });
    queue.enqueue("a");
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(100);
    await end;
    expect(queue.calls).toEqual(["step 0 1", "step 1 0", "sleep"]);
    expect(kinds()).toEqual(["started", "completed"]);
  });

  it("says so when it was woken for nothing", async () => {
    const { loop, kinds } = setup();
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(3_500);
    await end;
    expect(kinds()).toEqual(["nothingToDo"]);
  });

  it("finishes one batch and claims the next in the same call", async () => {
    const { queue, loop } = setup({ settings: { concurrency: 2, batch: 2 } });
    queue.enqueue("a", "b", "c", "d");
    void loop.run();
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.calls).toEqual(["step 0 2", "step 2 2", "step 2 2"]);
    loop.stop();
  });

  it("never runs more jobs at once than its concurrency", async () => {
    const { handler, running, end } = controlled();
    const { queue, loop } = setup({ handler, settings: { concurrency: 2, batch: 4 } });
    queue.enqueue("a", "b", "c", "d");
    void loop.run();
    await vi.advanceTimersByTimeAsync(1);
    expect(running()).toEqual(["a", "b"]);
    end("a");
    await vi.advanceTimersByTimeAsync(1);
    expect(running()).toEqual(["a", "b", "c"]);
    loop.stop();
  });

  it("picks up what arrives while it lingers", async () => {
    const { queue, loop } = setup();
    void loop.run();
    await vi.advanceTimersByTimeAsync(1_000);
    queue.enqueue("late");
    await vi.advanceTimersByTimeAsync(300);
    expect(queue.reports.map((report) => report.id)).toEqual(["late"]);
    loop.stop();
  });

  it("polls at once when nudged", async () => {
    const { queue, loop } = setup({ settings: { minPollMs: 1_000, maxPollMs: 1_000 } });
    void loop.run();
    await vi.advanceTimersByTimeAsync(10);
    queue.enqueue("a");
    loop.nudge();
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.reports).toHaveLength(1);
    loop.stop();
  });

  it("polls again when it may not go to sleep", async () => {
    const { queue, loop } = setup();
    queue.refusals = 1;
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(3_250);
    expect(queue.calls.filter((call) => call === "sleep")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(300);
    await end;
    expect(queue.calls.join(", ")).toMatch(/sleep, (step 0 10, )+sleep$/);
  });

  it("tells when a nudge came too late to be served", async () => {
    const { queue, loop } = setup();
    const sleep = queue.sleep.bind(queue);
    queue.sleep = async () => {
      loop.nudge();
      return sleep();
    };
    const end = loop.run();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(await end).toEqual({ missedNudge: true });
  });

  it("reports failures with their reason and whether another attempt may help", async () => {
    const handler: JobHandler = async ({ id }) => {
      throw id === "a" ? new PermanentError("bad key") : new Error("no answer");
    };
    const { queue, loop } = setup({ handler });
    queue.enqueue("a", "b");
    void loop.run();
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.reports).toEqual([
      { id: "a", token: "1", outcome: "failed", error: "bad key", retryable: false },
      { id: "b", token: "1", outcome: "failed", error: "no answer", retryable: true },
    ]);
    loop.stop();
  });

  it("fails a job whose result cannot be written as JSON", async () => {
    const { queue, loop } = setup({ handler: async () => 1n });
    queue.enqueue("a");
    void loop.run();
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.reports).toMatchObject([{ id: "a", outcome: "failed", retryable: false }]);
    loop.stop();
  });

  it("fails a job that takes too long, even one that ignores its signal", async () => {
    const { handler, signals } = controlled();
    const { queue, loop } = setup({ handler, settings: { jobTimeoutMs: 5_000 } });
    queue.enqueue("a");
    void loop.run();
    await vi.advanceTimersByTimeAsync(5_100);
    expect(signals.get("a")?.aborted).toBe(true);
    expect(queue.reports).toMatchObject([
      { outcome: "failed", error: "took longer than 5000 ms", retryable: true },
    ]);
    loop.stop();
  });

  it("extends its leases at a third of their time", async () => {
    const { handler } = controlled();
    const { queue, loop } = setup({ handler, settings: { concurrency: 2, batch: 2 } });
    queue.leaseMs = 30_000;
    queue.enqueue("a", "b");
    void loop.run();
    await vi.advanceTimersByTimeAsync(20_500);
    expect(queue.calls).toEqual(["step 0 2", "heartbeat 1", "heartbeat 1"]);
    loop.stop();
  });

  it("ends a job that was cancelled, reports nothing of it, and goes on with the others of its lease", async () => {
    const { handler, signals, end } = controlled();
    const { queue, loop, kinds } = setup({ handler, settings: { concurrency: 2, batch: 2 } });
    queue.leaseMs = 30_000;
    queue.enqueue("a", "b");
    void loop.run();
    await vi.advanceTimersByTimeAsync(100);
    queue.cancelled.add("a");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signals.get("a")?.aborted).toBe(true);
    expect(signals.get("b")?.aborted).toBe(false);
    end("b");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(queue.reports).toMatchObject([{ id: "b", outcome: "completed" }]);
    expect(kinds()).toContain("lost");
    loop.stop();
  });

  it("lets a handler tell how far its job is", async () => {
    const { queue, loop } = setup({
      handler: async (_, { progress }) => ({ written: await progress({ percent: 50 }) }),
    });
    queue.enqueue("a");
    void loop.run();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(queue.progressed).toEqual([{ id: "a", progress: { percent: 50 } }]);
    expect(queue.reports).toMatchObject([{ outcome: "completed", result: '{"written":true}' }]);
    loop.stop();
  });

  it("cancels a job whose lease is lost and discards its result", async () => {
    const { handler, signals, end } = controlled();
    const { queue, loop, kinds } = setup({ handler });
    queue.enqueue("a");
    void loop.run();
    queue.lostTokens.add("1");
    await vi.advanceTimersByTimeAsync(20_100);
    expect(signals.get("a")?.reason).toMatchObject({ name: "LeaseLostError" });
    end("a");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(queue.reports).toEqual([]);
    expect(kinds()).toEqual(["started", "lost"]);
    loop.stop();
  });

  it("claims for the place of a lost job again", async () => {
    const { handler, running } = controlled();
    const { queue, loop } = setup({ handler, settings: { concurrency: 1, batch: 1 } });
    queue.enqueue("a", "b");
    void loop.run();
    queue.lostTokens.add("1");
    await vi.advanceTimersByTimeAsync(20_100);
    expect(running()).toEqual(["a", "b"]);
    loop.stop();
  });

  it("calls a successor when its time is up, finishes what runs and ends", async () => {
    const { handler, end } = controlled();
    const { queue, loop, kinds } = setup({
      handler,
      claimForMs: 1_000,
      settings: { concurrency: 1, batch: 1 },
    });
    queue.enqueue("a", "b");
    const ended = loop.run();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(queue.calls).toEqual(["step 0 1", "sleep", "wake"]);
    end("a");
    await vi.advanceTimersByTimeAsync(100);
    await ended;
    expect(queue.calls.slice(3)).toEqual(["step 1 0"]);
    expect(kinds()).toEqual(["started", "handedOver", "completed"]);
  });

  it("gives back what runs and what waits when it is stopped", async () => {
    const { handler, signals, end } = controlled();
    const { queue, loop } = setup({ handler, settings: quickOnes });
    queue.enqueue("quick", "a", "b");
    const ended = loop.run();
    await vi.advanceTimersByTimeAsync(1);
    end("quick");
    await vi.advanceTimersByTimeAsync(1);
    loop.stop();
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(signals.get("a")?.aborted).toBe(true);
    expect(queue.reports.slice(1)).toEqual([
      { id: "b", token: "3", outcome: "released" },
      { id: "a", token: "2", outcome: "released" },
    ]);
  });

  it("gives back what waits and fails what runs when that is to blame", async () => {
    const { handler, end } = controlled();
    const { queue, loop } = setup({ handler, settings: quickOnes });
    queue.enqueue("quick", "a", "b");
    const ended = loop.run();
    await vi.advanceTimersByTimeAsync(1);
    end("quick");
    await vi.advanceTimersByTimeAsync(1);
    loop.stop("out of memory");
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(queue.reports.slice(1)).toEqual([
      { id: "b", token: "3", outcome: "released" },
      { id: "a", token: "2", outcome: "failed", error: "out of memory", retryable: true },
    ]);
  });

  it("gives back what waits, finishes what runs and ends when it is drained", async () => {
    const { handler, signals, end } = controlled();
    const { queue, loop } = setup({ handler, settings: quickOnes });
    queue.enqueue("quick", "a", "b", "c");
    const ended = loop.run();
    await vi.advanceTimersByTimeAsync(1);
    end("quick");
    await vi.advanceTimersByTimeAsync(1);
    loop.drain();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(signals.get("a")?.aborted).toBe(false);
    end("a");
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(queue.reports.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      "quick completed",
      "b released",
      "a completed",
    ]);
  });

  it("gives back jobs that wait behind slow ones, and claims no further ahead", async () => {
    const { handler, end } = controlled();
    const { queue, loop } = setup({ handler, settings: quickOnes });
    queue.enqueue("quick", "a", "b");
    void loop.run();
    await vi.advanceTimersByTimeAsync(1);
    end("quick");
    await vi.advanceTimersByTimeAsync(20 * defaultSettings.aheadMs + 100);
    expect(queue.reports.at(-1)).toMatchObject({ id: "b", outcome: "released" });
    queue.enqueue("c", "d");
    end("a");
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.calls.at(-1)).toBe("step 1 1");
    loop.stop();
  });

  it("passes on when a job shall be tried again", async () => {
    const handler: JobHandler = async () => {
      throw new RetryAfterError("too many requests", 30_000);
    };
    const { queue, loop } = setup({ handler });
    queue.enqueue("a");
    void loop.run();
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.reports).toEqual([
      {
        id: "a",
        token: "1",
        outcome: "failed",
        error: "too many requests",
        retryable: true,
        retry_after_ms: 30_000,
      },
    ]);
    loop.stop();
  });

  it("keeps its reports while the queue is unreachable and sends them later", async () => {
    const { queue, loop, kinds } = setup();
    queue.enqueue("a");
    let broken = false;
    queue.onStep = (done) => {
      broken ||= done.length > 0 && performance.now() < 1_000;
      if (broken && queue.calls.length < 4) throw new Error("connection refused");
    };
    void loop.run();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kinds()).toContain("unreachable");
    expect(queue.reports).toMatchObject([{ id: "a", outcome: "completed" }]);
    loop.stop();
  });

  it("gives up when the queue stays unreachable", async () => {
    const { queue, loop } = setup({ settings: { giveUpMs: 1_000 } });
    queue.onStep = () => {
      throw new Error("connection refused");
    };
    const ended = expect(loop.run()).rejects.toThrow("connection refused");
    await vi.advanceTimersByTimeAsync(2_000);
    await ended;
  });

  it("does not let a result that the database refuses hold up the others", async () => {
    const { queue, loop } = setup({ handler: async ({ id }) => id });
    queue.enqueue("a", "bad", "c");
    queue.onStep = (done) => {
      const refused = done.some((report) => report.id === "bad" && report.outcome === "completed");
      if (refused) throw Object.assign(new Error("value too long"), { code: "22001" });
    };
    void loop.run();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(queue.reports.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      "a completed",
      "bad failed",
      "c completed",
    ]);
    loop.stop();
  });
});
