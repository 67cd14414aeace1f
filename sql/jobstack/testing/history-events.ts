import fc from "fast-check";

/** How a worker's report of a job ends its attempt. */
export const endings = {
  completed: { outcome: "completed" },
  failed: { outcome: "failed", error: "an error" },
  "failed for good": { outcome: "failed", error: "an error", retryable: false },
  "failed, again at once": { outcome: "failed", error: "an error", retry_after_ms: 0 },
  released: { outcome: "released" },
} as const;

/** One event of a history; `pick` chooses among whatever is there at that moment. */
export type HistoryEvent =
  | {
      kind: "enqueue";
      count: number;
      priority: number | null;
      payload: string;
      delay: number;
      retries: number | null;
    }
  | { kind: "step"; worker: number; want: number; pick: number; ending: keyof typeof endings }
  | { kind: "broken step"; worker: number; want: number; pick: number; ending: keyof typeof endings }
  | { kind: "late report"; pick: number; ending: keyof typeof endings }
  | { kind: "crash" | "death" | "heartbeat" | "sleep"; worker: number }
  | { kind: "wait"; seconds: number }
  | { kind: "tick" | "poll" | "pause" | "resume" | "redrive" }
  | { kind: "cancel" | "redrive one" | "user cancels" | "user deletes" | "user sets back"; pick: number }
  | { kind: "at once"; wants: [number, number]; pick: number };

const worker = fc.integer({ min: 1, max: 3 });
const want = fc.integer({ min: 0, max: 4 });
const pick = fc.nat({ max: 1000 });
const ending = fc.constantFrom(...(Object.keys(endings) as (keyof typeof endings)[]));
const kinds = <Kind extends string>(...names: Kind[]) => fc.constantFrom(...names);

const events: [weight: number, arbitrary: fc.Arbitrary<HistoryEvent>][] = [
  [
    4,
    fc.record({
      kind: kinds("enqueue"),
      count: fc.integer({ min: 1, max: 4 }),
      priority: fc.option<number>(fc.integer({ min: -1, max: 1 })),
      payload: fc.constantFrom("text", "audio"),
      delay: fc.constantFrom(0, 0, 0, 5, 60),
      retries: fc.option<number>(fc.integer({ min: 0, max: 2 })),
    }),
  ],
  [10, fc.record({ kind: kinds("step"), worker, want, pick, ending })],
  [1, fc.record({ kind: kinds("broken step"), worker, want, pick, ending })],
  [2, fc.record({ kind: kinds("late report"), pick, ending })],
  [3, fc.record({ kind: kinds("crash"), worker })],
  // A crash after which nobody looks until its jobs are due again.
  [3, fc.record({ kind: kinds("death"), worker })],
  [3, fc.record({ kind: kinds("heartbeat", "sleep"), worker })],
  // Now and then the clock goes back, as when a server is replaced by one whose clock is behind.
  [5, fc.record({ kind: kinds("wait"), seconds: fc.constantFrom(1, 4, 11, 30, 40, 3600, -3) })],
  [4, fc.record({ kind: kinds("tick", "tick", "poll", "pause", "resume", "resume") })],
  [2, fc.record({ kind: kinds("cancel", "redrive one"), pick })],
  [1, fc.record({ kind: kinds("redrive") })],
  [2, fc.record({ kind: kinds("user cancels", "user deletes", "user sets back"), pick })],
  [3, fc.record({ kind: kinds("at once"), wants: fc.tuple(want, want), pick })],
];

/** Any history. */
export const anyHistory = fc.record({
  limited: fc.boolean(),
  /** Whether the jobs' own rows say how often they may be tried. */
  ownRetries: fc.boolean(),
  events: fc.array(fc.oneof(...events.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
    minLength: 10,
    maxLength: 60,
  }),
});
