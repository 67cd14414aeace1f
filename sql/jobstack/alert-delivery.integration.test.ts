import { createHmac } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PgNetWorker } from "../../infra/local/pg-net/worker.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { installJobstack } from "./install.ts";
import { declareJobs, insertJobs } from "./testing/queue-database.ts";

const secret = "a-secret-of-the-webhook";

let database: TestDatabase;
let worker: PgNetWorker;
let webhook: http.Server;
/** What the webhook heard. */
let heard: { id: unknown; signature: unknown; expected: string; status: string }[];
/** The webhook's answers, the last of them for good. */
let answers: number[];

beforeEach(async () => {
  heard = [];
  answers = [200];
  webhook = http.createServer(async (request, response) => {
    const body = await text(request);
    const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = request.headers;
    const expected = createHmac("sha256", secret).update(`${id}.${time}.${body}`).digest("base64");
    heard.push({ id, signature, expected: `v1,${expected}`, status: JSON.parse(body).status });
    response.writeHead((answers.length > 1 ? answers.shift() : answers[0]) ?? 500).end();
  });
  await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
  database = await createTestDatabase();
  await database.pool.query("create extension pg_net");
  await installJobstack(database.pool);
  await declareJobs(database.pool, { wake_url: null, wake_secret: null });
  await database.pool.query("select vault.create_secret($1, 'HOOK_SECRET')", [secret]);
  worker = new PgNetWorker({ databaseUrl: database.adminUrl });
  await worker.start();
});
afterEach(async () => {
  await worker.stop(0);
  webhook.close();
  await database.drop();
});

/** Ticks, as pg_cron does every few seconds, until every message is delivered. The retries' waits are passed over. */
async function tickUntilDelivered(): Promise<void> {
  await vi.waitFor(
    async () => {
      await database.pool.query(
        "update jobstack.alert_message set next_attempt_at = now() where request_id is null",
      );
      await database.pool.query("select jobstack.tick()");
      expect((await database.pool.query("select from jobstack.alert_message")).rowCount).toBe(0);
    },
    { timeout: 30_000, interval: 50 },
  );
}

it("hands a real webhook each message, signed, until it takes it", async () => {
  answers = [503, 200];
  await insertJobs(database.pool, 1);
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/hook`;
  const check = `select jobstack.check_stuck_jobs(
    'stuck', 'mail', interval '0 seconds', 0, p_url => $1, p_sign_secret => 'HOOK_SECRET', p_calm => interval '0 seconds'
  )`;
  await database.pool.query(check, [url]);
  await tickUntilDelivered();
  await database.pool.query("select jobstack.step('mail', gen_random_uuid(), '[]', 1)");
  await database.pool.query("delete from jobstack.lease");
  await database.pool.query(check, [url]);
  await tickUntilDelivered();
  expect(heard.map(({ id, status }) => [id, status])).toEqual([
    ["stuck-1", "firing"],
    ["stuck-1", "firing"],
    ["stuck-2", "resolved"],
  ]);
  expect(heard.filter(({ signature, expected }) => signature !== expected)).toEqual([]);
});
