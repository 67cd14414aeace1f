import type { WorkerSettings } from "./settings.ts";

/** What a worker knows when it decides what to do next. All times in milliseconds on one clock. */
export interface WorkerState {
  readonly now: number;
  /** Claimed jobs that are not finished: running, or waiting for a free place. */
  readonly unfinished: number;
  /** Jobs it may hold, by the pace of late. */
  readonly batch: number;
  /** Since when the oldest of the jobs that have no place yet is held. */
  readonly waitingSince: number | null;
  /** Finished jobs that the database has not heard of. */
  readonly unreported: number;
  /** Since when the oldest of them waits. */
  readonly unreportedSince: number | null;
  /** Jobs claimed since the start. */
  readonly claimed: number;
  /** When the last job ended. */
  readonly endedAt: number | null;
  /** What the last claim said about the queue: `more` = it gave all that was asked for. */
  readonly lastClaim: "more" | "some" | "nothing";
  /** When the last claim was made. */
  readonly polledAt: number | null;
  /** Claims in a row that gave nothing. */
  readonly emptyPolls: number;
  /** Since when there has been nothing to do. */
  readonly idleSince: number | null;
  /** When the last attempt to go to sleep was refused. */
  readonly sleepRefusedAt: number | null;
  /** The database looks for jobs, and will say so. */
  readonly watching: boolean;
  /** Someone said that there is work. */
  readonly nudged: boolean;
  /** Not before this time may the database be asked again, after it failed to answer. */
  readonly retryAt: number;
  /** When claiming ends, so that what runs can finish before the runtime is killed. */
  readonly claimUntil: number;
  /** Told to stop: nothing runs any more. */
  readonly stopping: boolean;
  /** A successor has been called. */
  readonly handedOver: boolean;
}

export type Action =
  | { readonly kind: "step"; readonly want: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "giveBack" }
  /** Waits, while the database looks for jobs far more often than it can be asked. */
  | { readonly kind: "watch"; readonly ms: number }
  | { readonly kind: "sleep" }
  | { readonly kind: "handOver" }
  | { readonly kind: "exit" };

/** Decides the worker's next move; the only place that does. */
export function nextAction(state: WorkerState, settings: WorkerSettings): Action {
  if (state.now < state.retryAt) return { kind: "wait", ms: state.retryAt - state.now };
  if (untilGiveBack(state, settings) <= 0) return { kind: "giveBack" };
  const closing = state.stopping || state.now >= state.claimUntil || state.claimed >= settings.maxJobs;
  return closing ? closingAction(state, settings) : openAction(state, settings);
}

/** Claims no more, but reports what finishes; the successor starts while the last jobs still run. */
function closingAction(state: WorkerState, settings: WorkerSettings): Action {
  if (reportDue(state, settings)) return { kind: "step", want: 0 };
  if (!state.handedOver && !(state.stopping && state.unfinished > 0)) return { kind: "handOver" };
  if (state.unfinished === 0 && state.unreported === 0) return { kind: "exit" };
  return { kind: "wait", ms: untilReport(state, settings) };
}

function openAction(state: WorkerState, settings: WorkerSettings): Action {
  const want = Math.min(state.batch - state.unfinished, settings.maxJobs - state.claimed);
  const pause = untilPauseEnds(state, settings);
  if (reportDue(state, settings)) return { kind: "step", want: pause > 0 ? 0 : want };
  if (mayFallAsleep(state, settings)) return { kind: "sleep" };
  // A report under way claims as well, so a poll never overtakes it.
  const mayPoll = want > 0 && state.unreported === 0;
  const poll = mayPoll ? Math.max(untilPoll(state, settings), pause) : Number.POSITIVE_INFINITY;
  if (poll <= 0) return { kind: "step", want };
  const ms = Math.min(
    poll,
    untilReport(state, settings),
    untilGiveBack(state, settings),
    state.claimUntil - state.now,
  );
  return { kind: mayPoll && pause <= 0 ? "watch" : "wait", ms };
}

/** Reporting at once would cost a round trip per job; waiting for all would hold back the results of long jobs. */
function reportDue(state: WorkerState, settings: WorkerSettings): boolean {
  if (state.unreported === 0) return false;
  const nothingElseRuns = state.unfinished === 0;
  const halfTheBatch = state.unreported * 2 >= state.batch && state.batch > 1;
  return nothingElseRuns || halfTheBatch || untilReport(state, settings) <= 0;
}

function untilReport(state: WorkerState, settings: WorkerSettings): number {
  if (state.unreportedSince === null) return Number.POSITIVE_INFINITY;
  return state.unreportedSince + settings.gatherMs - state.now;
}

/** Jobs that came after quick ones may be slow: whoever is free shall have those that wait here for long. */
function untilGiveBack(state: WorkerState, settings: WorkerSettings): number {
  if (state.waitingSince === null) return Number.POSITIVE_INFINITY;
  return state.waitingSince + 20 * settings.aheadMs - state.now;
}

function untilPauseEnds(state: WorkerState, settings: WorkerSettings): number {
  return state.endedAt === null ? 0 : state.endedAt + settings.pauseMs - state.now;
}

function untilPoll(state: WorkerState, settings: WorkerSettings): number {
  if (state.nudged || state.polledAt === null || state.lastClaim === "more") return 0;
  if (state.watching) return Number.POSITIVE_INFINITY;
  const pause = Math.min(settings.minPollMs * (state.emptyPolls + 1), settings.maxPollMs);
  return state.polledAt + pause - state.now;
}

/** Only right after a poll that found nothing, so that a refused sleep leads to a poll and not to a busy loop. */
function mayFallAsleep(state: WorkerState, settings: WorkerSettings): boolean {
  if (state.nudged || state.unfinished > 0 || state.unreported > 0) return false;
  if (state.idleSince === null || state.now - state.idleSince < settings.lingerMs) return false;
  return state.sleepRefusedAt === null || (state.polledAt ?? 0) > state.sleepRefusedAt;
}
