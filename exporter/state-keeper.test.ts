import { beforeEach, expect, it } from "vitest";
import { StateKeeper, saveIntervalMs } from "./state-keeper.ts";
import { fakeDatabase, fakeQuery, sqlError } from "./testing/fake-database.ts";

const limits = { timeoutMs: 1000, lockTimeoutMs: 250 };

/** A table of one row, as the two functions see it. */
let row: { version: number; state: unknown } | null;
let failure: Error | null;
let saves: number;

beforeEach(() => {
  row = null;
  failure = null;
  saves = 0;
});

const answers = {
  "metrics_load_state(": () => (row ? [row] : []),
  "metrics_save_state(": ([, state, version]: readonly unknown[]) => {
    if (failure) return failure;
    saves += 1;
    if ((row?.version ?? null) !== version) return [{ version: null }];
    row = { version: (row?.version ?? 0) + 1, state: JSON.parse(String(state)) };
    return [{ version: row.version }];
  },
};
const database = fakeDatabase(answers);
const query = fakeQuery(answers);

it("hands a state to the next process", async () => {
  const first = new StateKeeper();
  expect(await first.load("cron_runs", query)).toBeNull();
  first.keep("cron_runs", { watermark: 7 });
  await first.save(database, limits, 0, 0);
  expect(await new StateKeeper().load("cron_runs", query)).toEqual({ watermark: 7 });
});

it("reads the database once per process", async () => {
  const keeper = new StateKeeper();
  await keeper.load("cron_runs", query);
  row = { version: 1, state: "of someone else" };
  keeper.keep("cron_runs", "mine");
  expect(await keeper.load("cron_runs", query)).toBe("mine");
});

it("saves what changed, at most every 15 seconds", async () => {
  const keeper = new StateKeeper();
  await keeper.load("cron_runs", query);
  const save = async (state: unknown, now: number) => {
    keeper.keep("cron_runs", state);
    await keeper.save(database, limits, now);
    return saves;
  };
  expect(await save(1, saveIntervalMs)).toBe(1);
  expect(await save(2, 2 * saveIntervalMs - 1)).toBe(1);
  expect(await save(2, 2 * saveIntervalMs)).toBe(2);
  expect(await save(2, 9 * saveIntervalMs)).toBe(2);
});

it("goes on from what another exporter saved in between", async () => {
  const keeper = new StateKeeper();
  await keeper.load("cron_runs", query);
  row = { version: 5, state: "of another" };
  keeper.keep("cron_runs", "mine");
  await keeper.save(database, limits, 0, 0);
  expect(row.state).toBe("of another");
  expect(await keeper.load("cron_runs", query)).toBe("of another");
});

it("says whether the last save went well, and keeps the state if not", async () => {
  const keeper = new StateKeeper();
  await keeper.load("cron_runs", query);
  keeper.keep("cron_runs", "mine");
  expect(keeper.outcomes()).toEqual([]);
  failure = sqlError("25006");
  await keeper.save(database, limits, 0, 0);
  expect(keeper.outcomes()).toEqual([{ collector: "cron_runs", saved: false }]);
  failure = null;
  await keeper.save(database, limits, 0, 0);
  expect(keeper.outcomes()).toEqual([{ collector: "cron_runs", saved: true }]);
  expect(row).toEqual({ version: 1, state: "mine" });
});
