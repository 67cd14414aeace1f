import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WorkerSlot } from "./worker-slot.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A slot on a queue that is always empty; `sleep` decides when the worker may leave. */
function setup(sleep: () => Promise<boolean> = async () => true) {
  const workers = new Set<unknown>();
  const lines: string[] = [];
  const slot = new WorkerSlot({
    queue: "story",
    handler: async () => ({}),
    limitMs: Number.POSITIVE_INFINITY,
    drainMs: 0,
    onEvent: (event) => lines.push(event.kind),
    query: async (text, parameters) => {
      if (text.includes("await_job")) return [{ came: false }];
      workers.add(parameters[1]);
      return text.includes("sleep") ? [{ asleep: await sleep() }] : [];
    },
  });
  return { slot, workers, lines };
}

describe("WorkerSlot", () => {
  it("starts one worker however often it is nudged", async () => {
    const { slot, workers } = setup();
    const first = slot.nudge();
    const second = slot.nudge();
    expect([first.state, second.state]).toEqual(["started", "already running"]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(workers.size).toBe(1);
  });

  it("starts a new worker once the old one sleeps", async () => {
    const { slot, workers } = setup();
    slot.nudge();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(slot.nudge().state).toBe("started");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(workers.size).toBe(2);
  });

  it("starts again for a nudge that comes while the worker leaves", async () => {
    let nudged = false;
    const { slot, workers } = setup(async () => {
      if (!nudged) slot.nudge();
      nudged = true;
      return true;
    });
    slot.nudge();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(workers.size).toBe(2);
  });

  it("stays usable after its worker gave up", async () => {
    const { slot, lines } = setup(async () => {
      throw new Error("connection refused");
    });
    const first = slot.nudge();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(first.state === "started" && (await first.finished)).toBeUndefined();
    expect(lines).toContain("gaveUp");
    expect(slot.nudge().state).toBe("started");
  });

  it("does not start again once it is stopped", async () => {
    const { slot, workers } = setup(async () => {
      slot.nudge();
      return true;
    });
    const first = slot.nudge();
    slot.stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(first.state === "started" && (await first.finished)).toBeUndefined();
    expect(workers.size).toBe(1);
  });
});
