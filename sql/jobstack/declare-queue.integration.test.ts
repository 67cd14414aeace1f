import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  createQueueDatabase,
  createTrigger,
  declareJobs,
  insertJobs,
  report,
  step,
  value,
  wakeCalls,
} from "./testing/queue-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createQueueDatabase();
});
afterEach(async () => {
  await database.drop();
});

const declare = (name: string, config: unknown) =>
  database.pool.query("select jobstack.declare_queue($1, $2)", [name, JSON.stringify(config)]);
const describeQueue = (name: string) => value(database.pool, "select jobstack.describe_queue($1)", [name]);

/** The lines of the error that declaring ends with. */
async function problems(name: string, config: unknown): Promise<string[]> {
  const error = await declare(name, config).then(
    () => undefined,
    (reason: Error & { code?: string }) => reason,
  );
  expect(error?.code).toBe("22023");
  return (error?.message ?? "").split("\n");
}

const plainTable = "create table public.plain (id uuid primary key, status text)";

describe("declare_queue()", () => {
  it("fills in the defaults, and describe_queue() shows them", async () => {
    await database.pool.query(plainTable);
    await declare("plain", { table: "public.plain" });
    expect(await describeQueue("plain")).toEqual({
      kind: "managed",
      table: "public.plain",
      id_column: "id",
      status_column: "status",
      statuses: { pending: "pending", processing: "processing", completed: "completed", failed: "failed" },
      result_column: null,
      error_column: null,
      attempts_column: null,
      started_at_column: null,
      completed_at_column: null,
      created_at_column: null,
      priority_column: null,
      retries_column: null,
      max_retries_column: null,
      run_at_column: null,
      key_column: null,
      progress_column: null,
      wake_url: null,
      wake_secret: null,
      wake_timeout_ms: 5000,
      max_attempts: 3,
      lease_seconds: 60,
      backoff_base_seconds: 5,
      backoff_cap_seconds: 300,
      stuck_after_seconds: 300,
      retention_days: null,
      max_running: null,
      rate_limits: null,
      types: { id: "uuid", status: "text" },
    });
    expect(await describeQueue("other")).toBeNull();
  });

  it("describes what was changed past it, the table and the types of its columns too", async () => {
    await database.pool.query(plainTable);
    await declare("plain", { table: "public.plain" });
    await database.pool.query("update jobstack.queue set table_name = 'other', id_type = 'bigint'");
    expect(await describeQueue("plain")).toMatchObject({
      table: "public.other",
      types: { id: "bigint", status: "text" },
    });
  });

  it("takes nulls as not given", async () => {
    await database.pool.query(plainTable);
    await declare("plain", { table: "public.plain", max_attempts: null, wake_url: null, statuses: null });
    expect(await describeQueue("plain")).toMatchObject({ max_attempts: 3, wake_url: null });
  });

  it("changes a queue in place, back to defaults where nothing is given", async () => {
    await database.pool.query(plainTable);
    await declare("plain", { table: "public.plain", max_attempts: 9, lease_seconds: 7 });
    const before = await value(database.pool, "select id from jobstack.queue");
    await database.pool.query("select jobstack.pause_queue('plain')");
    await declare("plain", { table: "public.plain", lease_seconds: 8 });
    expect(await describeQueue("plain")).toMatchObject({ max_attempts: 3, lease_seconds: 8 });
    expect(await value(database.pool, "select id from jobstack.queue where paused")).toBe(before);
  });

  it("names every problem in one error and changes nothing", async () => {
    await database.pool.query(`create table public.wrong (
      id uuid, status text check (status in ('pending', 'processing', 'done')),
      result int, error text not null, twice text, late timestamptz generated always as (null) stored
    )`);
    expect(
      await problems("Wrong Name", {
        table: "public.wrong",
        max_attempts: 0,
        lease_seconds: "ten",
        backoff_base_seconds: 10,
        backoff_cap_seconds: 5,
        wake_url: "ftp://host",
        retention_days: 1,
        result_column: "result",
        error_column: "error",
        attempts_column: "none",
        started_at_column: "late",
        wake_secret: "",
        colour: "red",
      }),
    ).toEqual(
      [
        "the name is not usable; write 1 to 63 of a-z, 0-9, _ and -, beginning with a letter",
        'unknown key "colour"; the keys are attempts_column, backoff_base_seconds, backoff_cap_seconds, ' +
          "completed_at_column, created_at_column, error_column, id_column, key_column, kind, lease_seconds, " +
          "max_attempts, max_retries_column, max_running, priority_column, progress_column, rate_limits, result_column, " +
          "retention_days, retries_column, " +
          "run_at_column, started_at_column, status_column, statuses, stuck_after_seconds, table, wake_secret, wake_timeout_ms, wake_url",
        'wake_secret is ""; write a text that is not empty',
        "max_attempts is 0; write an integer from 1 to 1000",
        'lease_seconds is "ten"; write an integer from 1 to 86400',
        "backoff_cap_seconds is 5, less than backoff_base_seconds, which is 10; write a cap that is not below the base",
        'wake_url is "ftp://host"; write an address that begins with http:// or https:// and has no blanks',
        "retention_days needs completed_at_column, which is null; name the column that says when a job ended",
        'id_column "id" has no unique index; add one, or a primary key',
        'statuses.completed is "completed", which check constraint "wrong_status_check" refuses; write a word that it allows',
        'statuses.failed is "failed", which check constraint "wrong_status_check" refuses; write a word that it allows',
        'result_column "result" is of type integer; write a column of type jsonb, json, text',
        'error_column "error" is not null; drop that, since success clears it',
        'attempts_column "none" is not a column of the table; write one that is',
        'started_at_column "late" is generated; write a column that can be updated',
      ].map((problem) => `queue "Wrong Name": ${problem}`),
    );
    expect(await value(database.pool, "select count(*)::int from jobstack.queue")).toBe(0);
  });

  it.each([
    [null, ["the configuration is null; write a JSON object"]],
    [[], ["the configuration is of type array; write a JSON object"]],
    [{}, ['table is missing; write "schema.table"']],
    [{ table: 5 }, ["table is 5; write a text that is not empty"]],
    [{ table: "plain" }, ['table is "plain"; write "schema.table"']],
    [{ table: '"public.plain' }, ['table is ""public.plain"; write "schema.table"']],
    [
      { table: "public.Plain" },
      ['table "public.Plain" does not exist; create it first, or write its name as it is, capitals included'],
    ],
    [{ table: "jobstack.lease_token" }, ['"jobstack.lease_token" is not a table; write the name of a table']],
    [
      { table: "public.plain", statuses: { pending: "a", failed: "a", done: 1 } },
      [
        'unknown status "done"; the statuses are pending, processing, completed, failed, cancelled',
        "statuses.done is 1; write the table's own word for it",
        'statuses.failed, statuses.pending are all "a"; write a different word for each',
      ],
    ],
    [
      { table: "public.plain", statuses: "open" },
      ['statuses is "open"; write an object with pending, processing, completed and failed'],
    ],
    [
      { table: "public.plain", id_column: "status", error_column: "status" },
      [
        'id_column "status" has no unique index; add one, or a primary key',
        'column "status" is used for error_column, id_column, status_column; use a column once',
      ],
    ],
  ])("refuses %j", async (config, expected) => {
    await database.pool.query(plainTable);
    expect(await problems("plain", config)).toEqual(expected.map((problem) => `queue "plain": ${problem}`));
  });

  it("refuses a word that an enum lacks or a short column would cut", async () => {
    await database.pool.query(`
      create type public.state as enum ('pending', 'processing', 'completed');
      create table public.enums (id int primary key, status public.state);
      create table public.shorts (id int primary key, status varchar(9))`);
    expect(await problems("q", { table: "public.enums" })).toEqual([
      'queue "q": statuses.failed is "failed", which status_column "status" of type public.state cannot hold; write a word that it can',
    ]);
    expect(await problems("q", { table: "public.shorts" })).toEqual([
      'queue "q": statuses.processing is "processing", which status_column "status" of type character varying(9) cannot hold; write a word that it can',
    ]);
  });

  it("refuses a table that belongs to another queue, or that the owner may not use", async () => {
    await database.pool.query(plainTable);
    await declare("first", { table: "public.plain" });
    expect(await problems("second", { table: "public.plain" })).toEqual([
      'queue "second": table "public.plain" belongs to queue "first"; give each queue a table of its own',
    ]);
    await database.admin.query(
      "create schema private; create table private.jobs (id int primary key, status text)",
    );
    expect(await problems("third", { table: "private.jobs" })).toEqual([
      'queue "third": role postgres may not read and update table "private.jobs"; grant it select and update',
    ]);
  });

  it("refuses another table while jobs are open", async () => {
    await declareJobs(database.pool);
    await insertJobs(database.pool, 1);
    await database.pool.query(plainTable);
    expect(await problems("mail", { table: "public.plain" })).toEqual([
      'queue "mail": kind, table or id_column differs from what is declared, while jobs are open; let them finish, or remove the queue first',
    ]);
    const [claim] = await step(database.pool, 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(database.pool, 1, 0, [report(claim, { outcome: "completed" })]);
    await declare("mail", { table: "public.plain" });
  });
});

describe("a queue on an unusual table", () => {
  it("works with names that need quoting and words of its own", async () => {
    await database.pool.query(`
      create schema "My Schema";
      create type "My Schema"."Job's State" as enum ('to do', 'doing', 'it''s done', 'gave "up"');
      create table "My Schema"."Job.Queue" (
        "The Id" text primary key, "State of it" "My Schema"."Job's State" not null default 'to do',
        "order" smallint, "Result" json, "Error" varchar(20), "Tries" bigint,
        "Started" timestamp, "Ended" timestamp
      )`);
    const config = {
      table: '"My Schema"."Job.Queue"',
      id_column: "The Id",
      status_column: "State of it",
      statuses: { pending: "to do", processing: "doing", completed: "it's done", failed: 'gave "up"' },
      result_column: "Result",
      error_column: "Error",
      attempts_column: "Tries",
      started_at_column: "Started",
      completed_at_column: "Ended",
      priority_column: "order",
      retention_days: 1,
      max_attempts: 1,
      wake_url: "http://127.0.0.1:1/",
    };
    await declare("mail", config);
    expect(await describeQueue("mail")).toMatchObject(config);
    await createTrigger(database.pool, {
      table: { schema: "My Schema", name: "Job.Queue" },
      trigger: "The Trigger",
      function: 'On "Insert"',
      url: "it's here",
      idColumn: "The Id",
      statusColumn: "State of it",
      pending: "to do",
      priorityColumn: "order",
    });
    await database.pool.query(`insert into "My Schema"."Job.Queue" ("The Id", "order")
      values ('a''b', 1), ('c"d', 2), ('{e,f}', null), ('', 3)`);
    expect(await wakeCalls(database.pool)).toBe(1);
    const claims = await step(database.pool, 1, 10);
    expect(claims.map(({ job_id }) => job_id)).toEqual(["", 'c"d', "a'b", "{e,f}"]);
    await step(
      database.pool,
      1,
      0,
      claims.map((claim, n) =>
        report(
          claim,
          n < 2 ? { outcome: "completed", result: [n] } : { outcome: "failed", error: "it's broken" },
        ),
      ),
    );
    const { rows } = await database.pool.query(
      `select "The Id" as id, "State of it" as state, "Result" as result, "Error" as error, "Tries" as tries
       from "My Schema"."Job.Queue" order by "order"`,
    );
    expect(rows).toEqual([
      { id: "a'b", state: 'gave "up"', result: null, error: "it's broken", tries: "1" },
      { id: 'c"d', state: "it's done", result: [1], error: null, tries: "1" },
      { id: "", state: "it's done", result: [0], error: null, tries: "1" },
      { id: "{e,f}", state: 'gave "up"', result: null, error: "it's broken", tries: "1" },
    ]);
    await database.pool.query(`alter table "My Schema"."Job.Queue" disable trigger "The Trigger"`);
    await database.pool.query(`insert into "My Schema"."Job.Queue" ("The Id") values ('late')`);
    expect(await value(database.pool, "select jobstack.wake_all_pending('mail')")).toBe(1);
    expect(await step(database.pool, 1, 10)).toHaveLength(1);
    await database.pool.query(
      `update "My Schema"."Job.Queue" set "Ended" = '2020-01-01' where "The Id" = 'a''b'`,
    );
    expect(await value(database.pool, "select jobstack.tick() -> 'pruned'")).toBe(1);
    await database.pool.query("select jobstack.remove_queue('mail')");
    expect(
      await value(database.pool, `select "State of it" from "My Schema"."Job.Queue" where "The Id" = 'late'`),
    ).toBe("to do");
  });

  it("works with a partitioned table whose key is the id", async () => {
    await database.pool.query(`
      create table public.parts (id int primary key, status text default 'pending') partition by range (id);
      create table public.parts_low partition of public.parts for values from (0) to (100);
      create table public.parts_high partition of public.parts for values from (100) to (200)`);
    await declare("mail", { table: "public.parts" });
    await createTrigger(database.pool, {
      table: { schema: "public", name: "parts" },
      priorityColumn: undefined,
    });
    await database.pool.query("insert into public.parts select n from generate_series(90, 110) n");
    const claims = await step(database.pool, 1, 50);
    expect(claims).toHaveLength(21);
    await step(
      database.pool,
      1,
      0,
      claims.map((claim) => report(claim, { outcome: "completed" })),
    );
    expect(
      await value(database.pool, "select count(*)::int from public.parts where status = 'completed'"),
    ).toBe(21);
  });
});

describe("remove_queue()", () => {
  it("forgets everything about the queue, sets held jobs back, and does nothing the second time", async () => {
    await declareJobs(database.pool, { backoff_base_seconds: 60 });
    await insertJobs(database.pool, 4);
    const [first, second] = await step(database.pool, 1, 3);
    if (first === undefined || second === undefined) throw new Error("too little was claimed");
    await step(database.pool, 1, 0, [
      report(first, { outcome: "failed" }),
      report(second, { outcome: "completed" }),
    ]);
    await database.pool.query("select jobstack.tick()");
    await database.pool.query("select jobstack.remove_queue('mail')");
    await database.pool.query("select jobstack.remove_queue('mail')");
    const tables = [
      "queue",
      "ready",
      "scheduled",
      "lease",
      "attempt",
      "worker",
      "rate",
      "count_delta",
      "count_base",
    ];
    for (const table of tables) {
      expect(await value(database.pool, `select count(*)::int from jobstack.${table}`), table).toBe(0);
    }
    const { rows } = await database.pool.query(
      "select status, count(*)::int as jobs from public.jobs group by 1 order by 1",
    );
    expect(rows).toEqual([
      { status: "completed", jobs: 1 },
      { status: "pending", jobs: 3 },
    ]);
  });

  it("works when the user's table is gone", async () => {
    await declareJobs(database.pool);
    await database.pool.query("drop table public.jobs");
    await database.pool.query("select jobstack.remove_queue('mail')");
    expect(await describeQueue("mail")).toBeNull();
  });
});
