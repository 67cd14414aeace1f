import { randomUUID } from "node:crypto";
import { StorageClient } from "@supabase/storage-js";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { installFlashcards } from "../../sql/flashcards/testing/install-flashcards.ts";
import {
  type DenoFunction,
  startDenoFunction,
} from "../../supabase/functions/_shared/testing/deno-function.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { alice } from "../../test/support/users.ts";
import { drawImage } from "../local/demo/draw-image.ts";
import { createApiKeys } from "../local/gateway/jwt.ts";
import { jwtSecret, startTestGateway, type TestGateway } from "../local/gateway/testing/test-gateway.ts";
import { buildUpstream } from "../local/upstream/server.ts";

const secret = "the-cron-secret";
const patience = { timeout: 60_000, interval: 50 };

let database: TestDatabase;
let gateway: TestGateway;
let generator: FastifyInstance;
let storage: StorageClient;
let functions: Record<"tick" | "worker", DenoFunction>;
let image: Uint8Array;

// Without a wake-up address nothing happens but what a test calls for.
beforeAll(async () => {
  database = await createTestDatabase();
  await installFlashcards(database.pool);
  gateway = await startTestGateway({ databaseUrl: database.url });
  generator = buildUpstream();
  const { serviceRole } = await createApiKeys(jwtSecret);
  storage = new StorageClient(`${gateway.url}/storage/v1`, { authorization: `Bearer ${serviceRole}` });
  const variables = {
    SUPABASE_DB_URL: database.url,
    SUPABASE_URL: gateway.url,
    SUPABASE_SERVICE_ROLE_KEY: serviceRole,
    CRON_SECRET: secret,
    FLASHCARDS_GENERATOR_URL: await generator.listen({ host: "127.0.0.1", port: 0 }),
    FLASHCARDS_GENERATOR_KEY: "any-key",
  };
  const [tick, worker] = await Promise.all([
    startDenoFunction("cron-tick", variables),
    startDenoFunction("worker-pull", variables),
  ]);
  functions = { tick, worker };
  image = await drawImage({ width: 320, height: 240, from: "#ff8800", to: "#2244cc", format: "PNG" });
});

afterAll(async () => {
  await Promise.all(Object.values(functions).map((each) => each.stop()));
  await generator.close();
  await gateway.close();
  await database.drop();
});

async function upload(bytes: Uint8Array = image, path = `${alice}/${randomUUID()}.png`): Promise<string> {
  const { error } = await storage
    .from("ingest")
    .upload(path, bytes, { contentType: "image/png", upsert: true });
  expect(error).toBeNull();
  return path;
}

async function jobsOf(...paths: string[]) {
  const text = "select * from flashcards.jobs where object_name = any ($1) order by created_at";
  return (await database.pool.query(text, [paths])).rows;
}

async function call(target: DenoFunction, body: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  return fetch(target.url, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Ticks once and waits until the tick has ended: another one would not start before. */
async function tick(iterations: number): Promise<void> {
  const body = { iterations, delay: 100 };
  await vi.waitFor(async () => {
    const response = await call(functions.tick, body);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ ...body, worker: "started" });
  }, patience);
}

async function thumbnails(): Promise<string[]> {
  const { data } = await storage.from("thumbnails").list(alice);
  return (data ?? []).map(({ name }) => `${alice}/${name}`);
}

describe("cron-tick on Deno", () => {
  it("works off as many jobs as it is told to, and the others at the next tick", async () => {
    const paths = [await upload(), await upload(), await upload()];
    const done = async () => (await jobsOf(...paths)).filter(({ status }) => status === "done").length;
    await tick(2);
    await vi.waitFor(async () => expect(await done()).toBe(2), patience);
    await tick(5);
    await vi.waitFor(async () => expect(await done()).toBe(3), patience);
  });

  it("takes in an upload that had no job", async () => {
    const lock = await database.pool.connect();
    await lock.query("begin; lock table flashcards.jobs in access exclusive mode");
    const path = await upload();
    await lock.query("commit");
    lock.release();
    expect(await jobsOf(path)).toEqual([]);
    await tick(5);
    await vi.waitFor(async () => expect(await jobsOf(path)).toMatchObject([{ status: "done" }]), patience);
  });

  it("ends a job as failed, once, when nothing can be made of its file", async () => {
    const path = await upload(image.subarray(0, image.length / 2));
    await tick(5);
    await vi.waitFor(
      async () =>
        expect(await jobsOf(path)).toMatchObject([
          {
            status: "failed",
            attempts: 1,
            error_message: expect.stringMatching(/^the image is damaged: \w/),
          },
        ]),
      patience,
    );
  });
});

describe("a thumbnail whose file was deleted", () => {
  it("is removed by the next tick, and no other", async () => {
    const [gone, kept] = [await upload(), await upload()];
    await tick(5);
    const ended = async () => (await jobsOf(gone, kept)).map(({ status }) => status);
    await vi.waitFor(async () => expect(await ended()).toEqual(["done", "done"]), patience);
    const paths = new Map((await jobsOf(gone, kept)).map((job) => [job.object_name, job.result.thumbnail]));
    expect(await thumbnails()).toEqual(expect.arrayContaining([...paths.values()]));
    await storage.from("ingest").remove([gone]);
    await tick(5);
    await vi.waitFor(async () => expect(await thumbnails()).not.toContain(paths.get(gone)), patience);
    expect(await thumbnails()).toContain(paths.get(kept));
    const noted = "select from flashcards.orphan_thumbnail where path = $1";
    await vi.waitFor(
      async () => expect((await database.pool.query(noted, [paths.get(gone)])).rowCount).toBe(0),
      patience,
    );
  });
});

describe("worker-pull on Deno", () => {
  it("makes cards and a thumbnail, and new ones in their place when the file is replaced", async () => {
    const path = await upload();
    const ended = (count: number) =>
      vi.waitFor(async () => {
        const jobs = await jobsOf(path);
        expect(jobs.map(({ status }) => status)).toEqual(Array(count).fill("done"));
        return jobs.map(({ result }) => result);
      }, patience);
    expect((await call(functions.worker, {})).status).toBe(202);
    const [first] = await ended(1);
    await upload(
      await drawImage({ width: 50, height: 90, from: "#112233", to: "#112233", format: "PNG" }),
      path,
    );
    await call(functions.worker, {});
    const [, second] = await ended(2);
    expect(second.facts).toMatchObject({ size: "50 x 90 pixels", colors: "#112233 (100 %)" });
    const kept = await thumbnails();
    expect([kept.includes(first.thumbnail), kept.includes(second.thumbnail)]).toEqual([false, true]);
    const { rows } = await database.pool.query(
      "select front, back, thumbnail from flashcards.cards where thumbnail = any ($1) order by position",
      [[first.thumbnail, second.thumbnail]],
    );
    expect(rows).toContainEqual({
      front: "The file's size?",
      back: "50 x 90 pixels",
      thumbnail: second.thumbnail,
    });
    expect(rows).toHaveLength(second.cards);
  });

  it("has nothing to do for a file that was deleted before its turn", async () => {
    // The worker of the test before may still be awake.
    await database.pool.query("select jobstack.pause_queue('flashcards')");
    const path = await upload();
    await storage.from("ingest").remove([path]);
    await database.pool.query("select jobstack.resume_queue('flashcards')");
    await call(functions.worker, {});
    await vi.waitFor(
      async () =>
        expect(await jobsOf(path)).toMatchObject([{ status: "done", result: { outcome: "deleted" } }]),
      patience,
    );
  });
});
