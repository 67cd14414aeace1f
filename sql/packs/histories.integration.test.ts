import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { installPacks } from "./testing/install-packs.ts";
import { type Claim, killWorkers, openWorker, orderPack } from "./testing/pack-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await installPacks(database.pool, { queue: { backoff_base_seconds: 0, backoff_cap_seconds: 0 } });
});
afterAll(() => database.drop());

const event = fc.oneof(
  fc.record({ kind: fc.constant("claim" as const), worker: fc.nat(1), want: fc.integer({ min: 1, max: 3 }) }),
  // Of a pack it makes the images; of an image nothing.
  fc.record({ kind: fc.constant("work" as const), worker: fc.nat(1), held: fc.nat(5) }),
  fc.record({ kind: fc.constant("complete" as const), worker: fc.nat(1), held: fc.nat(5) }),
  fc.record({
    kind: fc.constant("fail" as const),
    worker: fc.nat(1),
    held: fc.nat(5),
    forGood: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("cancel" as const), pack: fc.nat(2) }),
  // Both workers lose all that they hold, and go on as if they did not know.
  fc.record({ kind: fc.constant("die" as const) }),
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

interface Believer {
  worker: ReturnType<typeof openWorker>;
  /** What it believes to hold. */
  held: Claim[];
}

/** Two workers. A handler makes the images before it reports a pack. */
class History {
  readonly #first: Believer = { worker: openWorker(database.pool, 1), held: [] };
  readonly #second: Believer = { worker: openWorker(database.pool, 2), held: [] };

  async play(event: Event, packs: readonly string[]): Promise<void> {
    if (event.kind === "die") return killWorkers(database.pool);
    if (event.kind === "cancel") {
      await database.pool.query("select packs.cancel_pack($1)", [packs[event.pack % packs.length]]);
      return;
    }
    const { worker, held } = event.worker === 0 ? this.#first : this.#second;
    if (event.kind === "claim") {
      held.push(...(await worker.claim(event.want)));
      return;
    }
    const index = event.held % Math.max(held.length, 1);
    const claim = held[index];
    if (claim === undefined) return;
    if (event.kind === "work" || event.kind === "complete") {
      if (!(await this.#work(worker, claim))) return;
      if (event.kind === "work") return;
      await worker.finish(claim, { outcome: "completed" });
    } else {
      await worker.finish(claim, { outcome: "failed", error: "told to", retryable: !event.forGood });
    }
    held.splice(index, 1);
  }

  /** False when the lease is lost. */
  async #work(worker: Believer["worker"], claim: Claim): Promise<boolean> {
    if (claim.job.job_type === "generate-image") return true;
    return worker.fanOut(claim).then(
      () => true,
      (error) => {
        expect(error.code).toBe("55000");
        return false;
      },
    );
  }

  /** The rest of the work goes well. */
  async drain(): Promise<void> {
    await killWorkers(database.pool);
    const { worker } = this.#first;
    const claim = async () => {
      // What waits beside a job that may have killed its worker is due as well.
      await database.pool.query("update jobstack.scheduled set run_at = jobstack.now()");
      await database.pool.query("select jobstack.tick()");
      return worker.claim(10);
    };
    for (let claims = await claim(); claims.length > 0; claims = await claim()) {
      for (const claim of claims) {
        await this.#work(worker, claim);
        await worker.finish(claim, { outcome: "completed" });
      }
    }
  }
}

it("of crashes, late reports, failures and cancels leave every pack with each of its images once, and ended as they ended", async () => {
  const packs = fc.array(fc.record({ images: fc.integer({ min: 1, max: 4 }), maxRetries: fc.nat(2) }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(packs, fc.array(event, { maxLength: 40 }), async (ordered, events) => {
      await database.pool.query("delete from packs.job_queue");
      const ids: string[] = [];
      for (const { images, maxRetries } of ordered)
        ids.push(await orderPack(database.pool, images, maxRetries));
      const history = new History();
      for (const each of events) await history.play(each, ids);
      await history.drain();

      for (const [index, id] of ids.entries()) {
        const { rows } = await database.pool.query(
          `select q.status, q.retry_count, q.max_retries, q.error_message, i.images, i.failed, i.open
           from packs.job_queue q
           cross join lateral (
             select
               count(*)::int as images, count(*) filter (where image.status = 'failed')::int as failed,
               count(*) filter (where image.status not in ('completed', 'failed'))::int as open
             from packs.job_queue image
             where image.job_type = 'generate-image' and image.payload ->> 'packId' = q.id::text
           ) i
           where q.id = $1`,
          [id],
        );
        const [pack] = rows;
        expect(pack.open).toBe(0);
        expect(pack.retry_count).toBeLessThanOrEqual(pack.max_retries);
        // A pack whose own attempts are used up, or were failed for good, ends without regard to its images.
        const failedItself = pack.status === "failed" && !/images? failed/.test(pack.error_message);
        if (failedItself) expect([0, ordered[index]?.images]).toContain(pack.images);
        else
          expect(pack).toMatchObject({
            images: ordered[index]?.images,
            status: pack.failed > 0 ? "failed" : "completed",
          });
      }
      const left = await database.pool.query(
        "select from jobstack.lease union all select from jobstack.ready",
      );
      expect(left.rowCount).toBe(0);
    }),
    { numRuns: 40 },
  );
});
