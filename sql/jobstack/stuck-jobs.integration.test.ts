import { createHmac } from "node:crypto";
import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../test/support/test-database.ts";
import {
  createQueueDatabase,
  declareJobs,
  insertJobs,
  setClock,
  step,
  value,
  wakeUrl,
} from "./testing/queue-database.ts";

const webhook = "https://example.com/hook";

let database: TestDatabase;
let client: PoolClient;

beforeEach(async () => {
  database = await createQueueDatabase();
  client = await database.pool.connect();
  await client.query(`
    create table net._http_response (
      id bigint, status_code int, error_msg text, timed_out boolean, created timestamptz
    );
    create table net.http_request_queue (id bigint)`);
  await setClock(client, "2026-01-01T00:00:00Z");
  await declareJobs(client);
});
afterEach(async () => {
  client.release();
  await database.drop();
});

/** Checks at a time of that day: more than 2 jobs of over an hour. */
async function checkAt(time: string, options = ""): Promise<string> {
  await setClock(client, `2026-01-01T${time}Z`);
  return await value(
    client,
    `select jobstack.check_stuck_jobs('stuck', 'mail', interval '1 hour', 2, p_url => '${webhook}'${options})`,
  );
}

async function tickAt(time: string): Promise<Record<string, unknown>> {
  await setClock(client, `2026-01-01T${time}Z`);
  return await value(client, "select jobstack.tick()");
}

interface Call {
  id: string;
  body: Record<string, unknown>;
  headers: Record<string, string>;
}

/** What the webhook was sent; the queue's wake-ups go elsewhere. */
async function messages(): Promise<Call[]> {
  const { rows } = await client.query(
    "select id, url, body, headers from net.calls where url <> $1 order by id",
    [wakeUrl],
  );
  return rows;
}
const statuses = async () => (await messages()).map(({ body }) => body.status);

/** The webhook's answer to the last message, or curl's error. */
async function answer(status: number | null, error: string | null = null): Promise<void> {
  await client.query(
    "insert into net._http_response select max(id), $1, $2, false, jobstack.now() from net.calls where url <> $3",
    [status, error, wakeUrl],
  );
}

/** Takes all jobs out of the queue. */
async function finishJobs(): Promise<void> {
  const claims = await step(client, 1, 100);
  const done = claims.map(({ job_id, token }) => ({ id: job_id, token, outcome: "completed" as const }));
  await step(client, 1, 0, done);
}

describe("check_stuck_jobs()", () => {
  it("says nothing of as many as are allowed, nor of young ones", async () => {
    await insertJobs(client, 2);
    expect(await checkAt("02:00:00")).toBe("nothing");
    await insertJobs(client, 100);
    expect(await checkAt("03:00:00")).toBe("nothing");
    expect(await messages()).toEqual([]);
  });

  it("counts jobs that wait, that wait to be tried again, and that are in work", async () => {
    await insertJobs(client, 5);
    const [claim] = await step(client, 1, 2);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(client, 1, 0, [{ id: claim.job_id, token: claim.token, outcome: "failed" }]);
    expect(await checkAt("02:00:00")).toBe("firing");
    expect((await messages())[0]?.body).toEqual({
      alert: "stuck",
      status: "firing",
      queue: "mail",
      waiting: 4,
      processing: 1,
      older_than_seconds: 3600,
      since: "2026-01-01T02:00:00+00:00",
      at: "2026-01-01T02:00:00+00:00",
      text: "stuck: firing. Of queue mail, 4 jobs have been waiting and 1 in work for longer than 01:00:00.",
    });
  });

  it("tells when it begins, reminds at the interval, and tells when it is over, each once", async () => {
    await insertJobs(client, 3);
    const told = [];
    for (const time of ["01:30:00", "02:30:00", "03:30:00", "04:30:00", "05:29:59", "06:30:00"]) {
      told.push(await checkAt(time));
      await answer(200);
      await tickAt(time);
    }
    await finishJobs();
    told.push(await checkAt("07:30:00"), await checkAt("08:30:00"));
    expect(told).toEqual([
      "firing",
      "nothing",
      "nothing",
      "nothing",
      "reminder",
      "nothing",
      "resolved",
      "nothing",
    ]);
    expect(await statuses()).toEqual(["firing", "reminder", "resolved"]);
  });

  it("is not over before no check has found too many for a while", async () => {
    await insertJobs(client, 3);
    expect(await checkAt("02:00:00")).toBe("firing");
    await finishJobs();
    expect(await checkAt("02:00:59")).toBe("nothing");
    expect(await checkAt("02:01:00")).toBe("resolved");
  });

  it("fails when the queue is not declared", async () => {
    const check = client.query("select jobstack.check_stuck_jobs('stuck', 'post', '1 hour', 2)");
    await expect(check).rejects.toThrow('queue "post": is not declared');
  });
});

describe("an alert's message", () => {
  beforeEach(async () => {
    await insertJobs(client, 3);
  });

  it("is sent again until the webhook takes it, with the same id, and no more after that", async () => {
    await client.query("select vault.create_secret('key', 'HOOK_SECRET')");
    await checkAt("02:00:00", ", p_sign_secret => 'HOOK_SECRET'");
    await answer(503);
    expect(await tickAt("02:00:10")).toMatchObject({ alerted: 0 });
    expect(await tickAt("02:00:30")).toMatchObject({ alerted: 1 });
    await answer(null, "Couldn't connect to server");
    await tickAt("02:00:40");
    expect(await value(client, "select last_error from jobstack.alert_message")).toBe(
      "Couldn't connect to server",
    );
    expect(await tickAt("02:01:10")).toMatchObject({ alerted: 1 });
    await answer(204);
    await tickAt("02:01:20");
    expect(await tickAt("12:00:00")).toMatchObject({ alerted: 0 });
    const ids = (await messages()).map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it("is sent again when the answer was lost, but not while pg_net still has it", async () => {
    await checkAt("02:00:00");
    await client.query("insert into net.http_request_queue select max(id) from net.calls");
    await tickAt("03:00:00");
    expect(await tickAt("04:00:00")).toMatchObject({ alerted: 0 });
    await client.query("truncate net.http_request_queue");
    await tickAt("04:00:10");
    expect(await tickAt("04:00:30")).toMatchObject({ alerted: 1 });
  });

  it("is not taken for delivered by an older answer to a request of the same id", async () => {
    await client.query("insert into net._http_response values (2, 200, null, false, '2025-12-31')");
    await checkAt("02:00:00");
    await tickAt("02:00:10");
    expect(await value(client, "select count(*)::int from jobstack.alert_message")).toBe(1);
  });

  it("that is not delivered holds back reminders, and comes before the end", async () => {
    expect(await checkAt("02:00:00")).toBe("firing");
    expect(await checkAt("20:00:00")).toBe("nothing");
    await finishJobs();
    expect(await checkAt("21:00:00")).toBe("resolved");
    expect(await statuses()).toEqual(["firing", "firing"]);
    await answer(200);
    await tickAt("21:00:10");
    await tickAt("21:00:20");
    expect(await statuses()).toEqual(["firing", "firing", "resolved"]);
  });

  it.each([
    [3, ["firing"]],
    [4, ["firing", "resolved"]],
  ])("that waits is followed by how it is alone: after %i changes by %j", async (changes, told) => {
    await checkAt("02:00:00");
    for (let change = 2; change <= changes; change += 1) {
      if (change % 2 === 0) await finishJobs();
      else await insertJobs(client, 3);
      await checkAt(`0${2 * change}:00:00`);
    }
    const statusOf = async () => [...new Set(await statuses())];
    expect(await statusOf()).toEqual(["firing"]);
    for (let hour = 10; hour < 20; hour += 1) {
      await answer(200);
      await tickAt(`${hour}:00:00`);
    }
    expect(await statusOf()).toEqual(told);
    expect(await value(client, "select count(*)::int from jobstack.alert_message")).toBe(0);
  });

  it("waits, and the check does not fail, while the webhook's address is missing in Vault", async () => {
    const check =
      "select jobstack.check_stuck_jobs('stuck', 'mail', '1 hour', 2, p_url_secret => 'HOOK_URL')";
    await setClock(client, "2026-01-01T02:00:00Z");
    expect(await value(client, check)).toBe("firing");
    expect(await value(client, "select last_error from jobstack.alert_message")).toBe(
      'vault has no secret "HOOK_URL"; add it with vault.create_secret(), or name another',
    );
    await client.query("select vault.create_secret($1, 'HOOK_URL')", [webhook]);
    expect(await tickAt("02:00:10")).toMatchObject({ alerted: 1 });
  });

  it.each([
    ["as text", "a-secret", Buffer.from("a-secret")],
    ["in base64", `whsec_${Buffer.from("bytes").toString("base64")}`, Buffer.from("bytes")],
  ])("is signed with a secret %s, in the way of Standard Webhooks", async (_, secret, key) => {
    await client.query("select vault.create_secret($1, 'HOOK_SECRET')", [secret]);
    await checkAt("02:00:00", ", p_sign_secret => 'HOOK_SECRET'");
    const [call] = await messages();
    const sent = await value<string>(client, "select body::text from net.calls where id = $1", [call?.id]);
    const signed = `stuck-1.${Date.parse("2026-01-01T02:00:00Z") / 1000}.${sent}`;
    expect(call?.headers).toMatchObject({
      "webhook-id": "stuck-1",
      "webhook-signature": `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
    });
  });

  it("is forgotten with its alert a week after the last check", async () => {
    await checkAt("02:00:00");
    await setClock(client, "2026-01-09T00:00:00Z");
    await client.query("select jobstack.tick()");
    expect(await value(client, "select count(*)::int from jobstack.alert")).toBe(0);
    expect(await value(client, "select count(*)::int from jobstack.alert_message")).toBe(0);
  });
});
