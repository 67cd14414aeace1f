import { expect, it } from "vitest";
import type { Sample } from "../sample.ts";
import { fakeQuery } from "../testing/fake-database.ts";
import { type PgNetResponsesRow, type PgNetRow, type PgNetState, pgNet } from "./pg-net.ts";

const row: PgNetRow = { worker_up: true, queue_length: 3, newest_response_us: 100 };

/** One collection, and from which time on it counted. */
async function collect(
  rows: readonly PgNetRow[],
  responses: PgNetResponsesRow[] = [],
  saved: unknown = null,
) {
  let after: unknown;
  const query = fakeQuery({
    "metrics_pg_net()": rows,
    "metrics_pg_net_responses(": ([first]) => {
      after = first;
      return responses;
    },
  });
  const { samples, state } = await pgNet.collect(query, 0, saved);
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
  expect(samples.slice(0, 3)).toEqual([
    { name: "pg_net_worker_up", labels: {}, value: 1 },
    { name: "pg_net_queue_length", labels: {}, value: 3 },
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
  const counted: PgNetResponsesRow[] = [
    { until_us: 150, outcome: "2xx", responses: 5 },
    { until_us: 150, outcome: "timeout", responses: 1 },
  ];
  const second = await collect([{ ...row, newest_response_us: 150 }], counted, first.state);
  const third = await collect([{ ...row, newest_response_us: 150 }], [], second.state);
  expect(third.after).toBe(150);
  expect(responses(third.samples)).toMatchObject({ "2xx": 5, timeout: 1, error: 0 });
});

it("goes on when responses are gone after a crash, and goes back when the clock did", async () => {
  const { state } = await collect([row]);
  expect((await collect([{ ...row, newest_response_us: null }], [], state)).after).toBe(100);
  expect((await collect([{ ...row, newest_response_us: 40 }], [], state)).after).toBe(40);
});

it("has no sample for NULL", async () => {
  const { samples } = await collect([{ worker_up: null, queue_length: null, newest_response_us: null }]);
  expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(["pg_net_responses_total"]));
});

it("has no samples without pg_net's tables", async () => {
  expect((await collect([])).samples).toEqual([]);
});
