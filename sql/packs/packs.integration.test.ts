import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { alice, bob } from "../../test/support/users.ts";
import { installPacks } from "./testing/install-packs.ts";
import { type Claim, killWorkers, openWorker, orderPack } from "./testing/pack-database.ts";

let database: TestDatabase;
let worker: ReturnType<typeof openWorker>;

beforeEach(async () => {
  database = await createTestDatabase();
  await installPacks(database.pool, { queue: { backoff_base_seconds: 0, backoff_cap_seconds: 0 } });
  worker = openWorker(database.pool, 1);
});
afterEach(() => database.drop());

async function rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await database.pool.query(sql, values)).rows as Row[];
}

async function pack(id: string) {
  const text =
    "select status, error_message, completed_at is not null as ended from packs.job_queue where id = $1";
  const [row] = await rows<{ status: string; error_message: string | null; ended: boolean }>(text, [id]);
  return row;
}

/** A pack whose images are made and held by the worker, in their order. */
async function fannedOut(images: number): Promise<{ id: string; images: Claim[] }> {
  const id = await orderPack(database.pool, images);
  const claim = await claimOne();
  await worker.fanOut(claim);
  await worker.finish(claim, { outcome: "completed" });
  return { id, images: await worker.claim(images) };
}

async function claimOne(): Promise<Claim> {
  const [claim] = await worker.claim();
  if (claim === undefined) throw new Error("nothing was claimed");
  return claim;
}

const completed = { outcome: "completed" } as const;
const refused = (error: string) => ({ outcome: "failed", error, retryable: false }) as const;

describe("job_queue", () => {
  it("has exactly the columns that its users know", async () => {
    const columns = await rows(
      `select column_name, data_type from information_schema.columns
       where table_schema = 'packs' and table_name = 'job_queue' order by ordinal_position`,
    );
    expect(columns.map((column) => Object.values(column as object).join(" "))).toEqual([
      "id uuid",
      "job_type text",
      "payload jsonb",
      "status text",
      "retry_count integer",
      "max_retries integer",
      "error_message text",
      "user_id uuid",
      "created_at timestamp with time zone",
      "processed_at timestamp with time zone",
      "completed_at timestamp with time zone",
    ]);
  });

  it("is read by each user for itself, and written by none", async () => {
    await fannedOut(2);
    const client = await database.pool.connect();
    const seenBy = async (user: string, sql: string) => {
      await client.query("begin");
      const claims = JSON.stringify({ sub: user, role: "authenticated" });
      const become =
        "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)";
      await client.query(become, [claims]);
      return client.query(sql).finally(() => client.query("rollback"));
    };
    for (const [table, count] of [
      ["job_queue", 3],
      ["pack_image", 2],
      ["project_status", 1],
    ] as const) {
      expect((await seenBy(alice, `select from packs.${table}`)).rowCount).toBe(count);
      expect((await seenBy(bob, `select from packs.${table}`)).rowCount).toBe(0);
    }
    const change = "update packs.job_queue set status = 'completed'";
    await expect(seenBy(alice, change)).rejects.toThrow("permission denied");
    client.release();
  });
});

describe("a pack", () => {
  it("becomes one job for each image, in their order, with the pack's project, user and limit", async () => {
    const { id, images } = await fannedOut(3);
    expect(images.map(({ job }) => [job.job_type, job.payload])).toEqual(
      [1, 2, 3].map((position) => [
        "generate-image",
        { prompt: `image ${position}`, projectId: "project-1", packId: id, position },
      ]),
    );
    const limits = await rows("select distinct user_id, max_retries from packs.job_queue");
    expect(limits).toEqual([{ user_id: alice, max_retries: 3 }]);
  });

  it("is processing until its last image is done, and completed then", async () => {
    const { id, images } = await fannedOut(2);
    expect(await pack(id)).toEqual({ status: "processing", error_message: null, ended: false });
    const [first, last] = images as [Claim, Claim];
    await worker.finish(first, completed);
    expect(await pack(id)).toEqual({ status: "processing", error_message: null, ended: false });
    const status = "select project_id, status, images, images_completed from packs.project_status";
    expect(await rows(status)).toEqual([
      { project_id: "project-1", status: "PROCESSING", images: "2", images_completed: "1" },
    ]);
    await worker.finish(last, completed);
    expect(await pack(id)).toEqual({ status: "completed", error_message: null, ended: true });
    expect(await rows(status)).toMatchObject([{ status: "COMPLETED", images_completed: "2" }]);
  });

  it("fails once all of its images have ended and one of them failed for good, and says which and why", async () => {
    const { id, images } = await fannedOut(3);
    const [first, second, third] = images as [Claim, Claim, Claim];
    await worker.finish(second, refused("the application answered 422: no foxes"));
    await worker.finish(first, completed);
    expect(await pack(id)).toMatchObject({ status: "processing" });
    await worker.finish(third, completed);
    expect(await pack(id)).toEqual({
      status: "failed",
      error_message: "1 of 3 images failed; image 2: the application answered 422: no foxes",
      ended: true,
    });
  });

  it("waits for an image that is tried again", async () => {
    const { id, images } = await fannedOut(1);
    await worker.finish(images[0] as Claim, { outcome: "failed", error: "503" });
    expect(await pack(id)).toMatchObject({ status: "processing" });
    await worker.finish(await claimOne(), completed);
    expect(await pack(id)).toMatchObject({ status: "completed" });
  });

  it("is opened again with an image that an operator opens again", async () => {
    const { id, images } = await fannedOut(1);
    await worker.finish(images[0] as Claim, refused("422"));
    expect(await pack(id)).toMatchObject({ status: "failed" });
    await database.pool.query("update packs.job_queue set status = 'pending' where id = $1", [
      images[0]?.job_id,
    ]);
    expect(await pack(id)).toEqual({ status: "processing", error_message: null, ended: false });
    await database.pool.query("select jobstack.poll('packs')");
    await worker.finish(await claimOne(), completed);
    expect(await pack(id)).toMatchObject({ status: "completed" });
  });

  it("does not wait for images that were deleted", async () => {
    const { id, images } = await fannedOut(2);
    await worker.finish(images[0] as Claim, completed);
    await database.pool.query("delete from packs.job_queue where id = $1", [images[1]?.job_id]);
    expect(await pack(id)).toMatchObject({ status: "completed" });
  });

  it("is ended by the later of two last images that end at the same time", async () => {
    const { id, images } = await fannedOut(2);
    const [first, second] = [await database.pool.connect(), await database.pool.connect()];
    await first.query("begin");
    await openWorker(first, 1).finish(images[0] as Claim, completed);
    // The lease is shared by both; the row is what another worker would write.
    const waiting = second.query("update packs.job_queue set status = 'completed' where id = $1", [
      images[1]?.job_id,
    ]);
    await expect.poll(async () => (await rows("select from pg_locks where not granted")).length).toBe(1);
    await first.query("commit");
    await waiting;
    expect(await pack(id)).toMatchObject({ status: "completed" });
    for (const client of [first, second]) client.release();
  });
});

describe("a cancelled pack", () => {
  const cancel = async (id: string) => (await rows("select packs.cancel_pack($1) as cancelled", [id]))[0];
  const images = (id: string) =>
    rows(
      `select q.status, q.error_message from packs.pack_image i join packs.job_queue q on q.id = i.image_id
       where i.pack_id = $1 order by i.position`,
      [id],
    );
  const cancelled = { status: "failed", error_message: "cancelled" };

  it("takes with it what waits and what is being made, and leaves what is made", async () => {
    const id = await orderPack(database.pool, 3);
    const pack1 = await claimOne();
    await worker.fanOut(pack1);
    await worker.finish(pack1, completed);
    await worker.finish(await claimOne(), completed);
    const making = await claimOne();
    expect(await cancel(id)).toEqual({ cancelled: true });
    expect(await images(id)).toEqual([{ status: "completed", error_message: null }, cancelled, cancelled]);
    expect(await pack(id)).toEqual({ ...cancelled, ended: true });
    expect(await worker.heartbeat([making])).toEqual([]);
    await worker.finish(making, completed);
    expect(await worker.claim(5)).toEqual([]);
    expect((await images(id))[1]).toEqual(cancelled);
    expect(await cancel(id)).toEqual({ cancelled: false });
  });

  it("has no images when it was cancelled before it became any", async () => {
    const [waiting, begun] = [await orderPack(database.pool, 2), await orderPack(database.pool, 2)];
    const claims = await worker.claim(2);
    await killWorkers(database.pool);
    for (const id of [waiting, begun]) expect(await cancel(id)).toEqual({ cancelled: true });
    for (const claim of claims) await expect(worker.fanOut(claim)).rejects.toThrow("its lease is not held");
    expect(await rows("select from packs.pack_image")).toEqual([]);
  });

  it("takes its images with it as well when its own worker has not reported yet, whoever cancels it", async () => {
    const id = await orderPack(database.pool, 2);
    await worker.fanOut(await claimOne());
    await database.pool.query("select jobstack.cancel('packs', $1)", [id]);
    expect(await images(id)).toEqual([cancelled, cancelled]);
    expect(await pack(id)).toMatchObject(cancelled);
  });

  it("is opened again with its images", async () => {
    const { id } = await fannedOut(1);
    await cancel(id);
    await rows("select jobstack.redrive('packs', array(select image_id::text from packs.pack_image))");
    expect(await pack(id)).toMatchObject({ status: "processing" });
    await worker.finish(await claimOne(), completed);
    expect(await pack(id)).toMatchObject({ status: "completed", error_message: null });
  });

  it("is none that is no pack, or has ended", async () => {
    const { id, images: made } = await fannedOut(1);
    expect(await cancel(made[0]?.job_id ?? "")).toEqual({ cancelled: false });
    await worker.finish(made[0] as Claim, completed);
    expect(await cancel(id)).toEqual({ cancelled: false });
    expect(await pack(id)).toMatchObject({ status: "completed" });
  });
});

describe("fanning out", () => {
  it("makes no image twice when the worker dies before it can report", async () => {
    const id = await orderPack(database.pool, 2);
    await worker.fanOut(await claimOne());
    await killWorkers(database.pool);
    const claims = await openWorker(database.pool, 2).claim(10);
    const again = claims.find(({ job_id }) => job_id === id);
    if (again === undefined) throw new Error("the pack was not claimed again");
    expect(await openWorker(database.pool, 2).fanOut(again)).toBe(2);
    expect(await rows("select from packs.job_queue where job_type = 'generate-image'")).toHaveLength(2);
  });

  it("completes a pack whose images were all done before the pack's own worker could report", async () => {
    const id = await orderPack(database.pool, 1);
    const claim = await claimOne();
    await worker.fanOut(claim);
    await worker.finish(await claimOne(), completed);
    expect(await pack(id)).toMatchObject({ status: "processing" });
    await worker.finish(claim, completed);
    expect(await pack(id)).toMatchObject({ status: "completed", ended: true });
  });

  it("is refused to a worker that has lost the pack", async () => {
    await orderPack(database.pool, 2);
    const claim = await claimOne();
    await killWorkers(database.pool);
    await expect(worker.fanOut(claim)).rejects.toThrow(/^pack ".*": its lease is not held with token \d+/);
    expect(await rows("select from packs.pack_image")).toHaveLength(0);
  });
});
