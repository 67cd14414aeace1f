import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ObservedWorkerOptions, runObservedWorker } from "./run-observed-worker.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A table with so many pending jobs, of which each piece of work ends 10 at most. */
function setup(
  pending: number,
  options: Partial<ObservedWorkerOptions> = {},
  state: "paused" | "broken" | "" = "",
) {
  const table = { pending, paused: state === "paused", broken: state === "broken" };
  const calls: string[] = [];
  const events: string[] = [];
  const worker = runObservedWorker({
    queue: "market",
    query: async (text) => {
      if (table.broken) throw new Error("connection refused");
      calls.push(/jobstack\.(\w+)/.exec(text)?.[1] ?? text);
      return [{ may_work: !table.paused, asleep: table.paused || table.pending === 0 }];
    },
    work: async () => {
      calls.push("work");
      const done = Math.min(table.pending, 10);
      table.pending -= done;
      return done;
    },
    onEvent: (event) => events.push(event.kind),
    lingerMs: 0,
    ...options,
  });
  return { worker, table, calls, events };
}

describe("the worker of an observed queue", () => {
  it("works until nothing is pending, then goes to sleep", async () => {
    const { worker, calls, events } = setup(15);
    expect(await worker.finished).toEqual({ missedNudge: false });
    expect(calls).toEqual(["stay_awake", "work", "stay_awake", "work", "stay_awake", "work", "sleep"]);
    expect(events).toEqual(["worked", "worked"]);
  });

  it("says so when it was woken for nothing", async () => {
    const { worker, events } = setup(0);
    await worker.finished;
    expect(events).toEqual(["nothingToDo"]);
  });

  it("lingers on an empty table, and finds what comes meanwhile", async () => {
    const { worker, table, events } = setup(0, { lingerMs: 3_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    table.pending = 1;
    await vi.advanceTimersByTimeAsync(250);
    expect(events).toEqual(["nothingToDo", "worked"]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await worker.finished).toEqual({ missedNudge: false });
  });

  it("looks at once when it is nudged", async () => {
    const { worker, table } = setup(0, { lingerMs: 3_000, minPollMs: 1_000, maxPollMs: 1_000 });
    await vi.advanceTimersByTimeAsync(100);
    table.pending = 1;
    worker.nudge();
    await vi.advanceTimersByTimeAsync(1);
    expect(table.pending).toBe(0);
    worker.stop();
    await worker.finished;
  });

  it("stays while the database says that there may be work, as when others have locked it", async () => {
    const { worker, table, calls } = setup(1, { work: async () => 0 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls.filter((call) => call === "sleep").length).toBeGreaterThan(2);
    table.pending = 0;
    await vi.advanceTimersByTimeAsync(1_000);
    await worker.finished;
  });

  it("does nothing on a paused queue, and leaves", async () => {
    const { worker, table, calls } = setup(1, {}, "paused");
    await worker.finished;
    expect([table.pending, calls.includes("work")]).toEqual([1, false]);
  });

  it("calls for a successor when its time is up before the work is done", async () => {
    let workUntil = Number.POSITIVE_INFINITY;
    const { worker, table, calls, events } = setup(1_000, {
      workUntil: () => workUntil,
      onEvent: (event) => {
        events.push(event.kind);
        if (table.pending === 900) workUntil = 0;
      },
    });
    await worker.finished;
    expect(table.pending).toBe(900);
    expect(calls.slice(-2)).toEqual(["sleep", "wake"]);
    expect(events.at(-1)).toBe("handedOver");
  });

  it("hands over when it is stopped, or leaves when nothing is left", async () => {
    const busy = setup(1_000);
    busy.worker.stop();
    await busy.worker.finished;
    expect(busy.events.at(-1)).toBe("handedOver");
    const idle = setup(0, { lingerMs: Number.POSITIVE_INFINITY });
    await vi.advanceTimersByTimeAsync(500);
    idle.worker.stop();
    await idle.worker.finished;
    expect([idle.calls.at(-1), idle.events]).toEqual(["sleep", ["nothingToDo"]]);
  });

  it("tries again while the database is away", async () => {
    const { worker, table, events } = setup(10, {}, "broken");
    await vi.advanceTimersByTimeAsync(2_000);
    table.broken = false;
    await vi.advanceTimersByTimeAsync(5_000);
    await worker.finished;
    expect([table.pending, events[0]]).toEqual([0, "unreachable"]);
  });

  it("gives up when the database stays away", async () => {
    const { worker } = setup(10, {}, "broken");
    const outcome = worker.finished.catch((error) => error.message);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await outcome).toBe("connection refused");
  });
});
