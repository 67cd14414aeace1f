import { describe, expect, it } from "vitest";
import { type Action, nextAction, type WorkerState } from "./next-action.ts";
import { defaultSettings } from "./settings.ts";

const settings = { ...defaultSettings, lingerMs: 3_000, gatherMs: 10, aheadMs: 100 };

/** A worker that has just polled an empty queue, with the interesting fields replaced. */
function act(state: Partial<WorkerState>): Action {
  const idle: WorkerState = {
    now: 10_000,
    unfinished: 0,
    batch: 4,
    waitingSince: null,
    unreported: 0,
    unreportedSince: null,
    claimed: 0,
    endedAt: null,
    lastClaim: "nothing",
    polledAt: 10_000,
    emptyPolls: 1,
    idleSince: 10_000,
    sleepRefusedAt: null,
    watching: false,
    nudged: false,
    retryAt: 0,
    claimUntil: Number.POSITIVE_INFINITY,
    stopping: false,
    handedOver: false,
  };
  return nextAction({ ...idle, ...state }, settings);
}

describe("nextAction", () => {
  it("claims a whole batch at the start", () => {
    expect(act({ polledAt: null, emptyPolls: 0, idleSince: null })).toEqual({ kind: "step", want: 4 });
  });

  it("waits for its jobs while all places are taken", () => {
    expect(act({ unfinished: 4, lastClaim: "more", idleSince: null })).toEqual({
      kind: "wait",
      ms: Number.POSITIVE_INFINITY,
    });
  });

  it("claims for the free places at once while the queue has more", () => {
    expect(act({ unfinished: 1, lastClaim: "more", idleSince: null })).toEqual({ kind: "step", want: 3 });
  });

  it("gives back jobs that have waited for a place for long", () => {
    const state = { unfinished: 4, unreported: 0, lastClaim: "more", idleSince: null } as const;
    expect(act({ ...state, waitingSince: 9_000 })).toEqual({ kind: "wait", ms: 1_000 });
    expect(act({ ...state, waitingSince: 8_000 })).toEqual({ kind: "giveBack" });
  });

  it("reports at once when nothing else runs", () => {
    expect(act({ unreported: 1, unreportedSince: 10_000, idleSince: null })).toEqual({
      kind: "step",
      want: 4,
    });
  });

  it("reports at once when half the batch is done", () => {
    const state = { unfinished: 2, unreported: 2, unreportedSince: 10_000, lastClaim: "more" } as const;
    expect(act(state)).toEqual({ kind: "step", want: 2 });
  });

  it("lets a single report wait for others while jobs still run", () => {
    const state = { unfinished: 3, unreported: 1, unreportedSince: 9_996, lastClaim: "more" } as const;
    expect(act(state)).toEqual({ kind: "wait", ms: 6 });
  });

  it("reports a single job once it has waited long enough", () => {
    const state = { unfinished: 3, unreported: 1, unreportedSince: 9_990, lastClaim: "more" } as const;
    expect(act(state)).toEqual({ kind: "step", want: 1 });
  });

  it("polls an empty queue ever more slowly", () => {
    const waits = [0, 1, 2, 9].map((emptyPolls) => act({ emptyPolls }));
    expect(waits).toEqual([50, 100, 150, 250].map((ms) => ({ kind: "watch", ms })));
  });

  it("leaves looking to the database while that watches the queue", () => {
    const state = { watching: true, emptyPolls: 9, polledAt: 0 };
    expect(act(state)).toEqual({ kind: "watch", ms: Number.POSITIVE_INFINITY });
    expect(act({ ...state, nudged: true })).toEqual({ kind: "step", want: 4 });
    expect(act({ ...state, idleSince: 7_000 })).toEqual({ kind: "sleep" });
  });
  it("polls for free places while other jobs run", () => {
    expect(act({ unfinished: 1, polledAt: 9_900, idleSince: null })).toEqual({ kind: "step", want: 3 });
  });

  it("polls at once when nudged", () => {
    expect(act({ nudged: true })).toEqual({ kind: "step", want: 4 });
  });

  it("goes to sleep after lingering on an empty queue", () => {
    expect(act({ idleSince: 7_000 })).toEqual({ kind: "sleep" });
  });

  it("does not go to sleep while a job runs", () => {
    expect(act({ idleSince: 7_000, unfinished: 1 }).kind).toBe("watch");
  });

  it("polls again before it tries to sleep again after a refusal", () => {
    expect(act({ idleSince: 7_000, sleepRefusedAt: 10_000 })).toEqual({ kind: "watch", ms: 100 });
    expect(act({ idleSince: 7_000, sleepRefusedAt: 9_900 })).toEqual({ kind: "sleep" });
  });

  it("leaves the database alone after a failure", () => {
    expect(act({ retryAt: 10_200, nudged: true })).toEqual({ kind: "wait", ms: 200 });
  });

  describe("when its time is up", () => {
    it("calls a successor before the running jobs are done", () => {
      expect(act({ claimUntil: 10_000, unfinished: 2 })).toEqual({ kind: "handOver" });
    });

    it("reports without claiming", () => {
      const state = { claimUntil: 10_000, handedOver: true, unreported: 1, unreportedSince: 9_000 };
      expect(act(state)).toEqual({ kind: "step", want: 0 });
    });

    it("ends once the last job is reported", () => {
      expect(act({ claimUntil: 10_000, handedOver: true, unfinished: 1 }).kind).toBe("wait");
      expect(act({ claimUntil: 10_000, handedOver: true })).toEqual({ kind: "exit" });
    });

    it("is woken up for it from a wait", () => {
      expect(act({ claimUntil: 10_020 })).toEqual({ kind: "watch", ms: 20 });
    });
  });

  it("reports what it was made to give up before it hands over, when told to stop", () => {
    const state = { stopping: true, unreported: 2, unreportedSince: 10_000 };
    expect(act(state)).toEqual({ kind: "step", want: 0 });
    expect(act({ stopping: true })).toEqual({ kind: "handOver" });
  });
});
