import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { alice, bob } from "../../test/support/users.ts";
import { installStory, type StoryInstall } from "./testing/install-story.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
});

const apiKey = "AIza-users-own-key";
const worker = "00000000-0000-4000-8000-0000000000ff";

async function setup(options?: StoryInstall) {
  await installStory(database.pool, options);
  return {
    /** Inserts a job as the guide's plain SQL does; returns its id. */
    insert: async (parameters: object = { topic: "a fox", level: "N5", geminiApiKey: apiKey }) => {
      const text = `insert into story.jobs (job_type, parameters, status, user_id, story_id, estimated_completion_at)
        values ('story_generation', $1, 'pending', $2, null, now() + interval '1 minute') returning id`;
      const { rows } = await database.pool.query<{ id: string }>(text, [parameters, alice]);
      return String(rows[0]?.id);
    },
    claim: async () => {
      const text = "select job_id, token::text from jobstack.step('story', $1, '[]', 10)";
      const { rows } = await database.pool.query<{ job_id: string; token: string }>(text, [worker]);
      return rows;
    },
    finish: (id: string, token: string, outcome: string) =>
      database.pool.query("select jobstack.step('story', $1, $2)", [
        worker,
        JSON.stringify([{ id, token: Number(token), outcome, retryable: false }]),
      ]),
    apiKeyFor: async (id: string, token: string) => {
      const { rows } = await database.pool.query("select story.job_api_key_for($1, $2) as key", [id, token]);
      return rows[0]?.key;
    },
    storedKeys: async () => (await database.pool.query("select * from story.job_api_key")).rows,
  };
}

/** Runs `work` as a signed-in user, as the API does. */
async function asUser<Result>(user: string, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    await client.query(
      "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)",
      [JSON.stringify({ sub: user, role: "authenticated" })],
    );
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

const insertAsUser =
  "insert into story.jobs (user_id, job_type, parameters) values ($1, 'story_generation', $2) returning id";

describe("story.jobs", () => {
  it("lets a user create and see own jobs only", async () => {
    await setup();
    await asUser(alice, (client) => client.query(insertAsUser, [alice, {}]));
    const seen = (user: string) =>
      asUser(user, async (client) => (await client.query("table story.jobs")).rowCount);
    expect(await seen(alice)).toBe(1);
    expect(await seen(bob)).toBe(0);
  });

  it("lets no user create a job for another", async () => {
    await setup();
    const attempt = asUser(bob, (client) => client.query(insertAsUser, [alice, {}]));
    await expect(attempt).rejects.toThrow("violates row-level security policy");
  });

  it.each([
    ["change a job", "update story.jobs set status = 'completed'"],
    ["delete a job", "delete from story.jobs"],
    [
      "choose a job's id",
      "insert into story.jobs (id, user_id, job_type) values (gen_random_uuid(), auth.uid(), 'x')",
    ],
    ["read stored keys", "table story.job_api_key"],
    ["decrypt a key", "select story.job_api_key_for(gen_random_uuid(), 1)"],
  ])("lets no user %s", async (_, sql) => {
    await setup();
    await expect(asUser(alice, (client) => client.query(sql))).rejects.toThrow("permission denied");
  });

  it("lets no user create a job that is finished already", async () => {
    await setup();
    const sql = "insert into story.jobs (user_id, job_type, status) values (auth.uid(), 'x', 'completed')";
    await expect(asUser(alice, (client) => client.query(sql))).rejects.toThrow(
      "violates row-level security policy",
    );
  });

  it("keeps updated_at true", async () => {
    const { insert } = await setup();
    const id = await insert();
    await database.pool.query("update story.jobs set updated_at = 'epoch', story_id = 's' where id = $1", [
      id,
    ]);
    const { rows } = await database.pool.query("select updated_at >= created_at as fresh from story.jobs");
    expect(rows).toEqual([{ fresh: true }]);
  });
});

describe("a user's API key", () => {
  it("never stands in the row, whoever inserts it", async () => {
    const { insert, storedKeys } = await setup();
    await insert();
    await asUser(alice, (client) => client.query(insertAsUser, [alice, { geminiApiKey: apiKey }]));
    const { rows } = await database.pool.query("select to_jsonb(j)::text as row from story.jobs j");
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain("geminiApiKey");
    expect(await storedKeys()).toHaveLength(2);
    expect(JSON.stringify(await storedKeys())).not.toContain(Buffer.from(apiKey).toString("hex"));
  });

  it("is taken out when an update brings it", async () => {
    const { insert, claim, apiKeyFor } = await setup();
    const id = await insert({ topic: "a fox" });
    const update = `update story.jobs set parameters = parameters || '{"geminiApiKey": "second"}' where id = $1 returning parameters`;
    expect((await database.pool.query(update, [id])).rows).toEqual([{ parameters: { topic: "a fox" } }]);
    const [lease] = await claim();
    expect(await apiKeyFor(id, lease?.token ?? "")).toBe("second");
  });

  it("is given to the worker that holds the job", async () => {
    const { insert, claim, apiKeyFor } = await setup();
    const id = await insert();
    const [lease] = await claim();
    expect(await apiKeyFor(id, lease?.token ?? "")).toBe(apiKey);
  });

  it("is given to nobody else", async () => {
    const { insert, claim, apiKeyFor } = await setup();
    const id = await insert();
    const [lease] = await claim();
    const stale = String(Number(lease?.token) + 1);
    await expect(apiKeyFor(id, stale)).rejects.toMatchObject({
      code: "55000",
      message: `story job "${id}": its lease is not held with token ${stale}; claim it with jobstack.step()`,
    });
  });

  it.each(["completed", "failed"])("is erased when the job has %s", async (outcome) => {
    const { insert, claim, finish, storedKeys } = await setup();
    const id = await insert();
    const [lease] = await claim();
    expect(await storedKeys()).toHaveLength(1);
    await finish(id, lease?.token ?? "", outcome);
    expect(await storedKeys()).toHaveLength(0);
  });

  it("is erased with its job", async () => {
    const { insert, storedKeys } = await setup();
    await insert();
    await database.pool.query("delete from story.jobs");
    expect(await storedKeys()).toHaveLength(0);
  });

  it("is dropped without an encryption key: the insert succeeds and the worker learns why", async () => {
    const { insert, claim, apiKeyFor, storedKeys } = await setup({ encryptionKey: null });
    const id = await insert();
    expect(await storedKeys()).toHaveLength(0);
    const [lease] = await claim();
    await expect(apiKeyFor(id, lease?.token ?? "")).rejects.toMatchObject({
      code: "P0002",
      message:
        'the Vault secret "STORY_API_KEY_ENCRYPTION_KEY" is missing, so no API key could be kept; set it, then create the job again',
    });
  });

  it("does not stop the insert when there is no Vault at all", async () => {
    const { insert } = await setup({ encryptionKey: null });
    await database.admin.query("drop extension supabase_vault cascade");
    const id = await insert();
    const { rows } = await database.pool.query("select parameters from story.jobs where id = $1", [id]);
    expect(rows).toEqual([{ parameters: { topic: "a fox", level: "N5" } }]);
  });

  it.each([[{ topic: "a fox" }], [{ geminiApiKey: "" }], [{ geminiApiKey: null }]])(
    "that was not given (%j) is named as the reason",
    async (parameters) => {
      const { insert, claim, apiKeyFor } = await setup();
      const id = await insert(parameters);
      const [lease] = await claim();
      await expect(apiKeyFor(id, lease?.token ?? "")).rejects.toMatchObject({
        code: "P0002",
        message: 'the job has no API key; create it again with "geminiApiKey" in its parameters',
      });
    },
  );

  it("that was encrypted with another key is named as the reason", async () => {
    const { insert, claim, apiKeyFor } = await setup();
    const id = await insert();
    await database.pool.query("select vault.update_secret(id, $1) from vault.secrets", ["n".repeat(32)]);
    const [lease] = await claim();
    await expect(apiKeyFor(id, lease?.token ?? "")).rejects.toMatchObject({
      code: "P0002",
      message:
        'the API key was stored with another "STORY_API_KEY_ENCRYPTION_KEY" and cannot be read; create the job again',
    });
  });

  it.each(['["geminiApiKey"]', '"geminiApiKey"'])(
    "does not stop the insert of odd parameters: %s",
    async (json) => {
      await setup();
      const text = "insert into story.jobs (job_type, parameters, user_id) values ('x', $1::jsonb, $2)";
      expect((await database.pool.query(text, [json, alice])).rowCount).toBe(1);
    },
  );

  it("is protected in ten thousand rows of one statement", async () => {
    const { storedKeys } = await setup();
    await database.pool.query(
      `insert into story.jobs (job_type, parameters, user_id)
       select 'story_generation', jsonb_build_object('topic', n, 'geminiApiKey', 'key-' || n), $1 from generate_series(1, 10000) n`,
      [alice],
    );
    const { rows } = await database.pool.query("select from story.jobs where parameters ? 'geminiApiKey'");
    expect(rows).toHaveLength(0);
    expect(await storedKeys()).toHaveLength(10_000);
  });
});

describe("story.trigger_all_pending_jobs", () => {
  it("returns the number of pending jobs, called as the guide does", async () => {
    const { insert } = await setup();
    await insert();
    await insert();
    const client = await database.pool.connect();
    await client.query("set search_path = story");
    const { rows } = await client.query("select trigger_all_pending_jobs()");
    client.release(true);
    expect(rows).toEqual([{ trigger_all_pending_jobs: 2 }]);
  });

  it("returns 0 with a notice when nothing is pending", async () => {
    await setup();
    const client = await database.pool.connect();
    const notices: (string | undefined)[] = [];
    client.on("notice", (notice) => notices.push(notice.message));
    const { rows } = await client.query("select story.trigger_all_pending_jobs() as woken");
    client.release(true);
    expect(rows).toEqual([{ woken: 0 }]);
    expect(notices).toEqual(["No pending jobs to process"]);
  });
});

describe("two environments in one database", () => {
  const odd = {
    schema: (name: string) => `${name} of "Anna's" test`,
    object: (name: string) => `${name}-anna`,
    secret: (name: string) => `${name} 'A'`,
  };
  const schema = `"story of ""Anna's"" test"`;

  it("are independent, whatever signs are in their names", async () => {
    const { insert, claim } = await setup();
    await installStory(database.pool, { names: odd, guest: true, encryptionKey: "o".repeat(32) });
    await insert();
    const guest = await database.pool.query<{ id: string }>(
      `insert into ${schema}.jobs (user_id, job_type, parameters) values ($1, 'story_generation', $2) returning id`,
      [alice, { geminiApiKey: "the guest's key" }],
    );
    expect((await claim()).map(({ job_id }) => job_id)).not.toContain(guest.rows[0]?.id);
    const step = "select job_id, token from jobstack.step('story-anna', $1, '[]', 10)";
    const [lease] = (await database.pool.query(step, [worker])).rows;
    expect(lease?.job_id).toBe(guest.rows[0]?.id);
    const key = await database.pool.query(`select ${schema}.job_api_key_for($1, $2) as key`, [
      lease?.job_id,
      lease?.token,
    ]);
    expect(key.rows).toEqual([{ key: "the guest's key" }]);
    expect((await database.pool.query(`select ${schema}.trigger_all_pending_jobs() as woken`)).rows).toEqual([
      { woken: 0 },
    ]);
  });
});
