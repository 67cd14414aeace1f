import { expect, it } from "vitest";
import type { PgNetCallerRow, PgNetResponsesRow } from "../fold-pg-net-responses.ts";
import type { PgNetRow, PgNetState } from "../pg-net-state.ts";
import type { Sample } from "../sample.ts";
import { fakeQuery } from "../testing/fake-database.ts";
import { pgNet } from "./pg-net.ts";

const row: PgNetRow = {
  server_us: 200,
  worker_up: true,
  queue_length: 3,
  queue_head: 41,
  newest_response_us: 100,
  response_rows: 900,
  oldest_response: 5,
  ttl_seconds: 21_600,
};

/** Responses that nobody noted the request of; give what matters. */
function counted(parts: Partial<PgNetResponsesRow>): PgNetResponsesRow {
  const nobody = { source: null, name: null };
  return {
    until_us: 150,
    ...nobody,
    outcome: "2xx",
    responses: 1,
    newest: 140,
    failed_in_a_row: 0,
    ...parts,
  };
}

/** One collection, and from which time on it counted. */
async function collect(
  rows: readonly PgNetRow[],
  responses: PgNetResponsesRow[] = [],
  saved: unknown = null,
  { callers = [], steady = 0 }: { callers?: PgNetCallerRow[]; steady?: number } = {},
) {
  let after: unknown;
  const query = fakeQuery({
    "metrics_pg_net()": rows,
    "metrics_pg_net_callers()": callers,
    "metrics_pg_net_responses(": ([first]) => {
      after = first;
      return responses;
    },
  });
  const { samples, state } = await pgNet.collect(query, steady, saved);
  return { samples, state: state as PgNetState | undefined, after };
}

function responses(samples: readonly Sample[]): Record<string, unknown> {
  return Object.fromEntries(
    samples.flatMap((one) =>
      one.name === "pg_net_responses_total" ? [[one.labels.outcome, one.value]] : [],
    ),
  );
}

it("shows the worker, the queue and every outcome from zero on", async () => {
  const { samples } = await collect([row]);
  expect(samples.slice(0, 4)).toEqual([
    { name: "pg_net_worker_up", labels: {}, value: 1 },
    { name: "pg_net_queue_length", labels: {}, value: 3 },
    { name: "pg_net_queue_head_unchanged_seconds", labels: {}, value: 0 },
    { name: "pg_net_responses_total", labels: { outcome: "1xx" }, value: 0 },
  ]);
  expect(responses(samples)).toEqual({
    "1xx": 0,
    "2xx": 0,
    "3xx": 0,
    "4xx": 0,
    "5xx": 0,
    timeout: 0,
    error: 0,
  });
});

it("counts on from the last response it counted", async () => {
  const first = await collect([row]);
  expect(first.after).toBe(100);
  const rows = [counted({ responses: 5 }), counted({ outcome: "timeout" })];
  const second = await collect([{ ...row, newest_response_us: 150 }], rows, first.state);
  const third = await collect([{ ...row, newest_response_us: 150 }], [], second.state);
  expect(third.after).toBe(150);
  expect(responses(third.samples)).toMatchObject({ "2xx": 5, timeout: 1, error: 0 });
});

it("goes on when responses are gone after a crash, and goes back when the clock did", async () => {
  const { state } = await collect([row]);
  expect((await collect([{ ...row, newest_response_us: null }], [], state)).after).toBe(100);
  expect((await collect([{ ...row, newest_response_us: 40 }], [], state)).after).toBe(40);
  const ahead = await collect([{ ...row, newest_response_us: 900, server_us: 60 }], [], state);
  expect(ahead.after).toBe(60);
});

it("has no sample for NULL", async () => {
  const { samples } = await collect([
    {
      server_us: 200,
      worker_up: null,
      queue_length: null,
      queue_head: null,
      newest_response_us: null,
      response_rows: null,
      oldest_response: null,
      ttl_seconds: null,
    },
  ]);
  expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(["pg_net_responses_total"]));
});

it("has no samples without pg_net's tables", async () => {
  expect((await collect([])).samples).toEqual([]);
});

const digest = { source: "schedule", name: "digest" } as const;

/** What is shown of the schedule `digest`. */
function shownOfDigest(samples: readonly Sample[]): Record<string, unknown> {
  return Object.fromEntries(
    samples.flatMap(({ name, labels, value }) =>
      "name" in labels && labels.name === "digest"
        ? [["outcome" in labels ? labels.outcome : name.replace("pg_net_call_", ""), value]]
        : [],
    ),
  );
}

it("shows who caused the responses, with zeros from before the first, and how it went lately", async () => {
  const first = await collect([row], [], null, { callers: [digest] });
  expect(shownOfDigest(first.samples)).toMatchObject({ "2xx": 0, "5xx": 0, consecutive_failures: 0 });
  expect(shownOfDigest(first.samples)).not.toHaveProperty("last_success_timestamp_seconds");
  const failing = [counted({ ...digest, outcome: "5xx", responses: 2, failed_in_a_row: 2 })];
  const second = await collect([row], failing, first.state, { callers: [digest] });
  const third = await collect([row], failing, second.state, { callers: [digest] });
  expect(shownOfDigest(third.samples)).toMatchObject({ "5xx": 4, consecutive_failures: 4 });
  const better = [
    counted({ ...digest, newest: 160, failed_in_a_row: 1 }),
    counted({ ...digest, outcome: "timeout", newest: 170, failed_in_a_row: 1 }),
  ];
  const fourth = await collect([row], better, third.state, { callers: [digest] });
  expect(shownOfDigest(fourth.samples)).toMatchObject({
    "2xx": 1,
    timeout: 1,
    consecutive_failures: 1,
    last_success_timestamp_seconds: 160,
  });
  expect(responses(fourth.samples)).toMatchObject({ "2xx": 1, "5xx": 4, timeout: 1 });
});

it("forgets a caller that is gone a week after its last response", async () => {
  const first = await collect([row], [counted({ ...digest, newest: 1000 })]);
  expect(first.state?.callers).toHaveLength(1);
  const other = counted({ source: "wakeup", name: "mail", newest: 700_000 });
  const second = await collect([row], [other], first.state);
  expect(second.state?.callers.map(({ name }) => name)).toEqual(["mail"]);
});

it("tells how long the same request has been first in the queue", async () => {
  const age = (samples: readonly Sample[]) =>
    samples.find(({ name }) => name === "pg_net_queue_head_unchanged_seconds")?.value;
  const first = await collect([row], [], null, { steady: 100 });
  const same = await collect([row], [], first.state, { steady: 130 });
  expect(age(same.samples)).toBe(30);
  const moved = await collect([{ ...row, queue_head: 42 }], [], same.state, { steady: 140 });
  expect(age(moved.samples)).toBe(0);
  const empty = await collect([{ ...row, queue_head: null }], [], moved.state, { steady: 150 });
  expect(age(empty.samples)).toBeUndefined();
});
