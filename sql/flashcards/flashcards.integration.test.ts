import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { environmentNames } from "../../supabase/functions/_shared/environment-names.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { alice, bob } from "../../test/support/users.ts";
import { installFlashcards } from "./testing/install-flashcards.ts";

const worker = "00000000-0000-4000-8000-0000000000ff";
const cards = JSON.stringify([
  { front: "width?", back: "640 pixels" },
  { front: "height?", back: "480 pixels" },
]);

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await installFlashcards(database.pool);
});
afterEach(async () => {
  await database.drop();
});

async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await database.pool.query(text, values)).rows;
}

/** What the storage server writes for an upload, the first of a name and each that replaces it. */
const upload = `insert into storage.objects (bucket_id, name, version, metadata) values ($1, $2, $3, '{}')
  on conflict (bucket_id, name) do update set version = excluded.version, metadata = excluded.metadata returning id`;

async function put(name: string, bucket = "ingest"): Promise<string> {
  const [row] = await query(upload, [bucket, name, randomUUID()]);
  return String(row?.id);
}

function jobs(): Promise<Record<string, unknown>[]> {
  return query("select * from flashcards.jobs order by created_at, object_name");
}

async function claim(): Promise<{ job_id: string; token: string }[]> {
  const rows = await query("select job_id, token::text from jobstack.step('flashcards', $1, '[]', 1)", [
    worker,
  ]);
  return rows as { job_id: string; token: string }[];
}

async function claimOne(): Promise<{ job_id: string; token: string }> {
  const [lease] = await claim();
  if (lease === undefined) throw new Error("there was nothing to claim");
  return lease;
}

const save = "select saved, replaced from flashcards.save_cards($1, $2, $3, $4)";

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

describe("an upload into ingest", () => {
  it("becomes a queued job of the user whose folder it is in", async () => {
    const id = await put(`${alice}/holiday/beach.png`);
    expect(await jobs()).toMatchObject([
      { user_id: alice, object_id: id, object_name: `${alice}/holiday/beach.png`, status: "queued" },
    ]);
    expect(await claim()).toHaveLength(1);
  });

  it("belongs to nobody outside of a user's folder, and is a job all the same", async () => {
    await put("beach.png");
    await put("somebody/beach.png");
    expect(await jobs()).toMatchObject(Array(2).fill({ user_id: null, status: "queued" }));
  });

  it("becomes another job when it is replaced, and none when only its metadata is touched", async () => {
    const id = await put(`${alice}/a.png`);
    await put(`${alice}/a.png`);
    await query(
      "update storage.objects set last_accessed_at = now(), metadata = '{\"a\": 1}' where id = $1",
      [id],
    );
    await query("update storage.objects set version = version where id = $1", [id]);
    const found = await jobs();
    expect(found.map(({ object_id }) => object_id)).toEqual([id, id]);
    expect(found[0]?.object_version).not.toBe(found[1]?.object_version);
  });

  it("becomes a job when it is moved there from another bucket", async () => {
    const id = await put(`${alice}/a.png`, "thumbnails");
    expect(await jobs()).toEqual([]);
    await query("update storage.objects set bucket_id = 'ingest', version = 'moved' where id = $1", [id]);
    expect(await jobs()).toMatchObject([{ object_id: id, object_version: "moved" }]);
  });

  it("is no job where it only keeps a folder", async () => {
    await put(`${alice}/.emptyFolderPlaceholder`);
    await put(`${alice}/album/`);
    expect(await jobs()).toEqual([]);
  });

  it("can be deleted at any time", async () => {
    const id = await put(`${alice}/a.png`);
    const client = await database.pool.connect();
    await client.query("set storage.allow_delete_query = 'true'");
    await client.query("delete from storage.objects where id = $1", [id]);
    client.release(true);
    expect(await jobs()).toHaveLength(1);
  });

  it("is stored though the queue is locked, and becomes a job as soon as it can", async () => {
    const lock = await database.pool.connect();
    await lock.query("begin; lock table flashcards.jobs in access exclusive mode");
    const id = await put(`${alice}/a.png`);
    await lock.query("commit");
    lock.release();
    expect(await jobs()).toEqual([]);
    expect(await query("select flashcards.queue_missed_uploads() as queued")).toEqual([{ queued: 1 }]);
    expect(await jobs()).toMatchObject([{ object_id: id, user_id: alice, status: "queued" }]);
    expect(await query("select flashcards.queue_missed_uploads() as queued")).toEqual([{ queued: 0 }]);
  });

  it("is stored though the whole system is gone", async () => {
    await query("drop table flashcards.jobs, flashcards.missed_upload cascade");
    expect(await put(`${alice}/a.png`)).toBeTruthy();
  });
});

describe("flashcards.save_cards", () => {
  it("stores the cards of the job that holds the lease", async () => {
    const object = await put(`${alice}/a.png`);
    const { job_id, token } = await claimOne();
    expect(await query(save, [job_id, token, cards, "a.jpg"])).toEqual([{ saved: true, replaced: [] }]);
    expect(await query("select * from flashcards.cards order by position")).toMatchObject([
      {
        user_id: alice,
        object_id: object,
        position: 1,
        front: "width?",
        back: "640 pixels",
        thumbnail: "a.jpg",
      },
      { user_id: alice, object_id: object, position: 2, front: "height?" },
    ]);
  });

  it("refuses a worker that has lost the lease", async () => {
    await put(`${alice}/a.png`);
    const { job_id, token } = await claimOne();
    const late = String(Number(token) + 1);
    await expect(query(save, [job_id, late, cards, null])).rejects.toMatchObject({
      code: "55000",
      message: `flashcards job "${job_id}": its lease is not held with token ${late}; claim it with jobstack.step()`,
    });
  });

  it("stores nothing for a file that was replaced meanwhile; the newer job's cards take the place of older ones", async () => {
    await put(`${alice}/a.png`);
    const first = await claimOne();
    await query(save, [first.job_id, first.token, cards, "old.jpg"]);
    await put(`${alice}/a.png`);
    expect(await query(save, [first.job_id, first.token, "[]", "late.jpg"])).toEqual([
      { saved: false, replaced: null },
    ]);
    const second = await claimOne();
    const one = JSON.stringify([{ front: "new", back: "card" }]);
    expect(await query(save, [second.job_id, second.token, one, "new.jpg"])).toEqual([
      { saved: true, replaced: ["old.jpg"] },
    ]);
    expect(await query("select front, thumbnail from flashcards.cards")).toEqual([
      { front: "new", thumbnail: "new.jpg" },
    ]);
  });

  it("keeps a file from being replaced until its cards are committed", async () => {
    await put(`${alice}/a.png`);
    const { job_id, token } = await claimOne();
    const saving = await database.pool.connect();
    await saving.query("begin");
    await saving.query(save, [job_id, token, cards, null]);
    const replacing = put(`${alice}/a.png`);
    await vi.waitFor(
      async () => {
        const waiting = await query(
          "select from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into storage.objects%'",
        );
        expect(waiting).toHaveLength(1);
      },
      { timeout: 20_000 },
    );
    await saving.query("commit");
    saving.release();
    await replacing;
    expect(await jobs()).toHaveLength(2);
  });

  it("leaves no card of a file that is deleted", async () => {
    const object = await put(`${alice}/a.png`);
    const { job_id, token } = await claimOne();
    await query(save, [job_id, token, cards, null]);
    const client = await database.pool.connect();
    await client.query("set storage.allow_delete_query = 'true'");
    await client.query("delete from storage.objects where id = $1", [object]);
    client.release(true);
    expect(await query("select from flashcards.cards")).toEqual([]);
    expect(await query(save, [job_id, token, cards, null])).toEqual([{ saved: false, replaced: null }]);
  });
});

describe("a thumbnail is an orphan", () => {
  const orphans = async () =>
    (await query("select path from flashcards.orphan_thumbnails(10) path order by 1")).map(
      ({ path }) => path,
    );
  const end = ({ job_id, token }: { job_id: string; token: string }, report: object) =>
    query("select from jobstack.step('flashcards', $1, $2, 0)", [
      worker,
      JSON.stringify([{ id: job_id, token: Number(token), ...report }]),
    ]);
  const made = { outcome: "completed", result: { outcome: "made" } };

  async function remove(object: string): Promise<void> {
    const client = await database.pool.connect();
    await client.query("set storage.allow_delete_query = 'true'");
    await client.query("delete from storage.objects where id = $1", [object]);
    client.release(true);
  }

  it("when its file was deleted, and no sooner", async () => {
    const object = await put(`${alice}/a.png`);
    const lease = await claimOne();
    await query(save, [lease.job_id, lease.token, cards, `${alice}/a.jpg`]);
    await end(lease, made);
    expect(await orphans()).toEqual([]);
    await remove(object);
    expect(await orphans()).toEqual([`${alice}/a.jpg`]);
  });

  it("when newer cards show another one, but not when they show the same", async () => {
    await put(`${alice}/a.png`);
    const { job_id, token } = await claimOne();
    for (const path of ["old.jpg", "new.jpg", "new.jpg"]) await query(save, [job_id, token, cards, path]);
    expect(await orphans()).toEqual(["old.jpg"]);
  });

  it.each([
    ["failed for good", { outcome: "failed", error: "422", retryable: false }],
    ["found its file replaced", { outcome: "completed", result: { outcome: "replaced" } }],
  ])("when its job %s after an attempt had stored it", async (_, report) => {
    await put(`${alice}/album/a.png`);
    const lease = await claimOne();
    await end(lease, report);
    expect(await orphans()).toEqual([`${alice}/album/${lease.job_id}.jpg`]);
  });

  it("not while its job is open again", async () => {
    await put(`${alice}/a.png`);
    const lease = await claimOne();
    await end(lease, { outcome: "failed", error: "422", retryable: false });
    await query("select jobstack.redrive('flashcards')");
    expect(await orphans()).toEqual([]);
  });

  it("though never at the price of a user's delete", async () => {
    const object = await put(`${alice}/a.png`);
    const { job_id, token } = await claimOne();
    await query(save, [job_id, token, cards, "a.jpg"]);
    await query("drop table flashcards.orphan_thumbnail");
    await remove(object);
    expect(await query("select from flashcards.cards")).toEqual([]);
  });
});

describe("a user", () => {
  const insert = "insert into storage.objects (bucket_id, name) values ($1, $2)";

  it("sees own jobs, cards and files only", async () => {
    await put(`${alice}/a.png`);
    const { job_id, token } = await claimOne();
    await query(save, [job_id, token, cards, null]);
    await put(`${alice}/a.jpg`, "thumbnails");
    const seen = (user: string) =>
      asUser(user, async (client) => {
        const tables = ["flashcards.jobs", "flashcards.cards", "storage.objects"];
        const counts = [];
        for (const table of tables) counts.push((await client.query(`select from ${table}`)).rowCount);
        return counts;
      });
    expect(await seen(alice)).toEqual([1, 2, 2]);
    expect(await seen(bob)).toEqual([0, 0, 0]);
  });

  it("uploads into the own folder, which makes a job", async () => {
    await asUser(alice, (client) => client.query(insert, ["ingest", `${alice}/a.png`]));
    expect(await jobs()).toMatchObject([{ user_id: alice }]);
  });

  it("cannot upload into another's folder, into none, or among the thumbnails", async () => {
    const places = [
      ["ingest", `${bob}/a.png`],
      ["ingest", "a.png"],
      ["thumbnails", `${alice}/a.png`],
    ];
    for (const place of places) {
      const attempt = asUser(alice, (client) => client.query(insert, place));
      await expect(attempt, place.join("/")).rejects.toThrow("violates row-level security policy");
    }
    expect(await jobs()).toEqual([]);
  });

  it("writes nothing but files, and calls nothing", async () => {
    const statements = [
      "insert into flashcards.jobs (object_id, object_name) values (gen_random_uuid(), 'x')",
      "update flashcards.jobs set status = 'done'",
      "delete from flashcards.jobs",
      "insert into flashcards.cards (object_id, position, front, back) values (gen_random_uuid(), 1, '', '')",
      "delete from flashcards.cards",
      "table flashcards.missed_upload",
      "table flashcards.orphan_thumbnail",
      "select flashcards.orphan_thumbnails(1)",
      "select flashcards.save_cards(gen_random_uuid(), 1, '[]', null)",
      "select flashcards.queue_missed_uploads()",
    ];
    for (const sql of statements) {
      const attempt = asUser(alice, (client) => client.query(sql));
      await expect(attempt, sql).rejects.toThrow("permission denied");
    }
  });
});

it("is independent of another environment in the same database", async () => {
  await installFlashcards(database.pool, { names: environmentNames("staging"), guest: true });
  const guests = () => query("select object_name, status from flashcards_staging.jobs");
  await put(`${alice}/ours.png`);
  await put(`${alice}/theirs.png`, "ingest-staging");
  expect(await jobs()).toMatchObject([{ object_name: `${alice}/ours.png` }]);
  expect(await guests()).toEqual([{ object_name: `${alice}/theirs.png`, status: "queued" }]);
  expect(
    await query("select job from jobstack.step('flashcards-staging', $1, '[]', 10)", [worker]),
  ).toMatchObject([{ job: { object_name: `${alice}/theirs.png` } }]);
  const insert = "insert into storage.objects (bucket_id, name) values ('ingest-staging', $1)";
  await asUser(alice, (client) => client.query(insert, [`${alice}/mine.png`]));
  await expect(asUser(alice, (client) => client.query(insert, [`${bob}/x.png`]))).rejects.toThrow(
    "row-level",
  );
});
