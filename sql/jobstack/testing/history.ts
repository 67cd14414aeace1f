import type { Pool, PoolClient } from "pg";
import { expect } from "vitest";
import { endings, type HistoryEvent } from "./history-events.ts";
import {
  type Claim,
  createTrigger,
  type Database,
  declare,
  metrics,
  queue,
  report,
  setClock,
  sleep,
  step,
  value,
  workerId,
} from "./queue-database.ts";

const maxAttempts = 2;
const leaseSeconds = 10;
const backoffSeconds = 5;
const limits = {
  max_running: 3,
  rate_limits: [{ jobs: 2, seconds: 30, column: "payload", value: "audio" }],
};

/** A claim as its worker remembers it, with the end of its lease as the worker was last told. */
interface Held extends Claim {
  worker: number;
  until: number;
  cancelled: boolean;
}

type Of<Kind extends HistoryEvent["kind"]> = Extract<HistoryEvent, { kind: Kind }>;

/** Plays events against the real functions, with the clock in hand, and checks after each what must always hold. */
export class History {
  readonly #pool: Pool;
  readonly #client: PoolClient;
  #limited = false;
  #ownRetries = false;
  #now = Date.parse("2026-01-01T00:00:00Z");
  /** The furthest that the clock has been. */
  #latest = this.#now;
  #wentBack = false;
  #held: Held[] = [];
  #lost: Held[] = [];
  #paused = false;
  /** Attempts that count, by job; what it may not run before. */
  readonly #attempts = new Map<string, number>();
  readonly #notBefore = new Map<string, number>();
  /** Jobs that are ready since their insertion, in that order, with their priority. */
  readonly #fresh = new Map<string, number>();
  /** Pending rows that nothing knows before the next poll. */
  readonly #setBack = new Set<string>();
  #audioStarts: number[] = [];
  #inserted = 0;
  #cancelled = 0;
  #deletedCompleted = 0;

  /** `client` is one of the pool's. */
  constructor(pool: Pool, client: PoolClient) {
    this.#pool = pool;
    this.#client = client;
  }

  async begin(limited: boolean, ownRetries: boolean): Promise<void> {
    this.#limited = limited;
    this.#ownRetries = ownRetries;
    await this.#client.query(`
      truncate public.jobs, jobstack.ready, jobstack.scheduled, jobstack.lease, jobstack.attempt, jobstack.worker,
        jobstack.count_delta, jobstack.count_base, jobstack.rate`);
    await this.#declare(limited ? limits : {});
    await createTrigger(this.#client, { runAtColumn: "run_at" });
    await this.#client.query("select jobstack.resume_queue($1)", [queue]);
    await this.#moveTo(this.#now);
  }

  #declare(config: Record<string, unknown>): Promise<void> {
    return declare(this.#client, {
      max_attempts: maxAttempts,
      lease_seconds: leaseSeconds,
      backoff_base_seconds: backoffSeconds,
      backoff_cap_seconds: 20,
      run_at_column: "run_at",
      ...(this.#ownRetries && { max_retries_column: "max_retries" }),
      ...config,
    });
  }

  async play(event: HistoryEvent): Promise<void> {
    switch (event.kind) {
      case "enqueue":
        await this.#enqueue(this.#client, event);
        break;
      case "step":
        await this.#step(event);
        break;
      case "broken step":
        await this.#client.query("begin");
        await step(this.#client, event.worker, event.want, this.#reports(event).reports);
        await this.#client.query("rollback");
        break;
      case "late report":
        await this.#reportLate(event);
        break;
      case "crash":
        this.#crash(event.worker);
        break;
      case "death":
        this.#crash(event.worker);
        for (const seconds of [leaseSeconds + 1, backoffSeconds]) {
          await this.#moveTo(this.#now + seconds * 1000);
          await this.#tick();
        }
        break;
      case "wait":
        await this.#moveTo(this.#now + event.seconds * 1000);
        break;
      case "heartbeat":
        await this.#beat(event.worker);
        break;
      case "sleep":
        await this.#sleep(event.worker);
        break;
      case "tick":
        await this.#tick();
        break;
      case "poll":
        await this.#client.query("select jobstack.poll($1)", [queue]);
        this.#setBack.clear();
        break;
      case "pause":
      case "resume":
        this.#paused = event.kind === "pause";
        await this.#client.query(`select jobstack.${event.kind}_queue($1)`, [queue]);
        break;
      case "at once":
        await this.#atOnce(event);
        break;
      default:
        await this.#change(event);
    }
    await this.#check();
  }

  #crash(worker: number): void {
    this.#lost.push(...this.#held.filter((held) => held.worker === worker));
    this.#held = this.#held.filter((held) => held.worker !== worker);
  }

  async #enqueue(database: Database, event: Omit<Of<"enqueue">, "kind">) {
    const { count, priority, payload, delay, retries } = event;
    const { rows } = await database.query<{ id: string }>(
      `insert into public.jobs (payload, priority, run_at, max_retries)
       select $2, $3, $4, $5 from generate_series(1, $1) returning id`,
      [count, payload, priority, delay === 0 ? null : new Date(this.#now + delay * 1000), retries],
    );
    this.#inserted += count;
    for (const { id } of rows) {
      this.#attempts.set(id, 0);
      if (delay > 0) this.#notBefore.set(id, this.#now + delay * 1000);
      else if (!this.#limited || payload !== "audio") this.#fresh.set(id, priority ?? 0);
    }
  }

  /** Some of a worker's claims, and its report of them. */
  #reports({ worker, pick, ending }: Pick<Of<"step">, "worker" | "pick" | "ending">) {
    const mine = this.#held.filter((held) => held.worker === worker);
    const done = mine.slice(0, pick % (mine.length + 1));
    return { done, reports: done.map((claim) => report(claim, endings[ending])) };
  }

  async #step(event: Of<"step">): Promise<void> {
    const { done, reports } = this.#reports(event);
    for (const claim of done) await this.#expectEnd(claim, event.ending);
    const claims = await step(this.#client, event.worker, event.want, reports);
    this.#held = this.#held.filter((held) => !done.includes(held));
    expect(claims.length).toBeLessThanOrEqual(event.want);
    this.#checkOrder(claims);
    this.#take(event.worker, claims);
  }

  /** What a report will do to the attempts of its job, if the worker still holds it. */
  async #expectEnd(claim: Held, ending: keyof typeof endings): Promise<void> {
    if (ending !== "released" || !(await this.#holds(claim))) return;
    this.#attempts.set(claim.job_id, claim.attempt - 1);
  }

  #take(worker: number, claims: readonly Claim[]): void {
    if (this.#paused) expect(claims, "a job was given out while the queue was paused").toEqual([]);
    for (const claim of claims) {
      const id = claim.job_id;
      const retries = this.#ownRetries ? (claim.job.max_retries as number | null) : null;
      expect(claim.attempt).toBeLessThanOrEqual(retries === null ? maxAttempts : retries + 1);
      expect(claim.attempt, "an attempt was counted that was none, or not counted").toBe(
        (this.#attempts.get(id) ?? 0) + 1,
      );
      expect(claim.job.status).toBe("processing");
      expect(this.#notBefore.get(id) ?? 0, "a job ran before its time").toBeLessThanOrEqual(this.#latest);
      const alive = [...this.#held, ...this.#lost].filter(
        (held) => held.job_id === id && held.until >= this.#latest && !held.cancelled,
      );
      expect(alive, "a job was given out while another worker's lease on it was alive").toEqual([]);
      this.#attempts.set(id, claim.attempt);
      this.#fresh.delete(id);
      if (claim.job.payload === "audio") this.#audioStarts.push(this.#now);
      this.#held.push({ ...claim, worker, until: claim.lease_until.getTime(), cancelled: false });
    }
  }

  /** Of the jobs that never waited for anything, none is passed by a later or less urgent one. */
  #checkOrder(claims: readonly Claim[]): void {
    const priorities = claims.map(({ job }) => Number(job.priority ?? 0));
    expect(priorities, "a batch is not in the order of priority").toEqual(
      [...priorities].sort((a, b) => b - a),
    );
    const claimed = claims.map(({ job_id }) => job_id).filter((id) => this.#fresh.has(id));
    const taken = new Set(claimed);
    for (const [n, id] of claimed.entries()) {
      const priority = this.#fresh.get(id) ?? 0;
      const passed = [...this.#fresh]
        .filter(([other, its]) => its > priority || (its === priority && Number(other) < Number(id)))
        .filter(([other]) => !taken.has(other) || claimed.indexOf(other) > n);
      expect(passed, `job ${id} passed jobs that were before it`).toEqual([]);
    }
  }

  /** A worker that was given up for dead reports after all. If it is still the holder, that counts. */
  async #reportLate({ pick, ending }: Of<"late report">): Promise<void> {
    const claim = choose(this.#lost, pick);
    if (claim === undefined) return;
    const before = await this.#row(claim.job_id);
    const holds = await this.#holds(claim);
    await this.#expectEnd(claim, ending);
    await step(this.#client, claim.worker, 0, [report(claim, endings[ending])]);
    this.#lost = this.#lost.filter((lost) => lost !== claim);
    const after = await this.#row(claim.job_id);
    if (!holds) expect(after, "a stale report changed a job").toEqual(before);
    else if (ending === "completed" && before !== undefined) expect(after?.status).toBe("completed");
  }

  async #beat(worker: number): Promise<void> {
    const mine = this.#held.filter((held) => held.worker === worker);
    const { rows } = await this.#client.query<{ token: string; job_ids: string[] }>(
      "select token, job_ids from jobstack.heartbeat($1, $2, $3)",
      [queue, workerId(worker), [...new Set(mine.map(({ token }) => token))]],
    );
    const open = new Map(rows.map(({ token, job_ids }) => [token, new Set(job_ids)]));
    for (const held of mine) {
      const kept = open.get(held.token)?.has(held.job_id) ?? false;
      if (held.cancelled) expect(kept, "a cancelled job was kept").toBe(false);
      else if (!kept) expect(held.until, "a lease was lost before its time").toBeLessThan(this.#latest);
      if (kept) held.until = Math.max(held.until, this.#now + leaseSeconds * 1000);
      else this.#held.splice(this.#held.indexOf(held), 1);
    }
  }

  async #sleep(worker: number): Promise<void> {
    if (!(await sleep(this.#client, worker)) || this.#paused) return;
    const { ready, processing } = await metrics(this.#client);
    const room = !this.#limited || Number(processing) < limits.max_running;
    if (room) expect(ready, "a worker fell asleep beside ready jobs").toBe("0");
  }

  async #tick(): Promise<void> {
    expect(await value(this.#client, "select jobstack.tick() -> 'errors'")).toEqual([]);
    const { rows } = await this.#client.query(`
      select
        (select count(*)::int from jobstack.lease where lease_until < jobstack.now()) as expired,
        (select count(*)::int from jobstack.scheduled where run_at <= jobstack.now()) as due,
        not q.paused and jobstack.has_work(q.id)
          and not jobstack.worker_is_awake(q.id, jobstack.now()) as unattended
      from jobstack.queue q`);
    expect(rows, "something was stuck after a tick").toEqual([{ expired: 0, due: 0, unattended: false }]);
  }

  /** Two workers, a producer, an operator and the tick, each in a session of its own: with `client` the pool's five. */
  async #atOnce({ wants, pick }: Of<"at once">): Promise<void> {
    const clients = await Promise.all(Array.from({ length: 4 }, () => this.#pool.connect()));
    try {
      await Promise.all(clients.map((client) => setClock(client, new Date(this.#now).toISOString())));
      const [first, second, producer, operator] = clients as [PoolClient, PoolClient, PoolClient, PoolClient];
      const jobs = await this.#jobs();
      const target = choose(jobs, pick)?.id;
      const [claims, more, , cancelled] = await Promise.all([
        step(first, 1, wants[0]),
        step(second, 2, wants[1]),
        this.#enqueue(producer, { count: 2, priority: null, payload: "text", delay: 0, retries: null }),
        target === undefined ? false : cancel(operator, target),
        value(this.#client, "select jobstack.tick()"),
      ]);
      this.#take(1, claims);
      this.#take(2, more);
      if (target !== undefined && cancelled) this.#noteCancelled(target);
      // Who waits for a lock of the others may be passed.
      this.#fresh.clear();
    } finally {
      for (const client of clients) client.release();
    }
  }

  /** What operators do to jobs, and users to their own rows. */
  async #change(event: HistoryEvent): Promise<void> {
    const job = choose(await this.#jobs(), "pick" in event ? event.pick : 0);
    if (job === undefined) return;
    switch (event.kind) {
      case "cancel":
        if (await cancel(this.#client, job.id)) {
          expect(["pending", "processing"]).toContain(job.status);
          this.#noteCancelled(job.id);
        } else {
          expect(this.#setBack.has(job.id) || !["pending", "processing"].includes(job.status)).toBe(true);
        }
        break;
      case "redrive one":
        await this.#redrive([job.id]);
        break;
      case "redrive":
        await this.#redrive(null);
        break;
      case "user cancels":
        await this.#client.query(
          "update public.jobs set status = 'called off' where id = $1 and status = 'pending'",
          [job.id],
        );
        this.#fresh.delete(job.id);
        break;
      case "user sets back":
        if (job.status !== "failed") return;
        await this.#client.query("update public.jobs set status = 'pending' where id = $1", [job.id]);
        this.#setBack.add(job.id);
        this.#attempts.set(job.id, 0);
        break;
      case "user deletes":
        await this.#client.query("delete from public.jobs where id = $1", [job.id]);
        this.#fresh.delete(job.id);
        if (job.status === "completed") this.#deletedCompleted += 1;
        break;
    }
  }

  async #redrive(ids: string[] | null): Promise<void> {
    const failed = (await this.#jobs()).filter(
      ({ id, status }) => status === "failed" && (ids?.includes(id) ?? true),
    );
    const count = await value<number>(this.#client, "select jobstack.redrive($1, $2)", [queue, ids]);
    expect(count).toBe(failed.length);
    for (const { id } of failed) this.#attempts.set(id, 0);
  }

  #noteCancelled(id: string): void {
    this.#cancelled += 1;
    this.#fresh.delete(id);
    this.#setBack.delete(id);
    for (const claim of [...this.#held, ...this.#lost]) {
      if (claim.job_id === id) claim.cancelled = true;
    }
  }

  async #check(): Promise<void> {
    const { rows } = await this.#client.query(facts, [this.#ownRetries]);
    const { ready, scheduled, processing, completed, unknown, suspects, ...wrong } = rows[0];
    expect(wrong).toEqual({ held_twice: 0, unheld: 0, too_many_attempts: 0 });
    // A clock that goes back makes suspects of jobs that were none any more.
    if (!this.#wentBack) expect(suspects, "a worker holds two jobs of which one may be its end").toBe(0);
    const lost = (unknown as string[]).filter((id) => !this.#setBack.has(id));
    expect(lost, "jobs that are pending, and that nothing will give out").toEqual([]);
    expect(await metrics(this.#client)).toMatchObject({
      ready: String(ready),
      scheduled: String(scheduled),
      processing: String(processing),
      completed_total: String(completed + this.#deletedCompleted),
      cancelled_total: String(this.#cancelled),
    });
    if (!this.#limited) return;
    expect(processing, "more jobs at once than the limit").toBeLessThanOrEqual(limits.max_running);
    // A clock that goes back has no periods.
    if (this.#wentBack) return;
    for (const { jobs, seconds } of limits.rate_limits) {
      const tooSoon = this.#audioStarts.filter(
        (start, n) => start - (this.#audioStarts[n - jobs] ?? 0) < seconds * 1000,
      );
      expect(tooSoon, "more starts in a period than the limit").toEqual([]);
    }
  }

  /** No more events: workers come back, and every job that was not taken away must end. */
  async finish(): Promise<void> {
    this.#limited = false;
    this.#paused = false;
    await this.#declare({});
    await this.#client.query("select jobstack.resume_queue($1)", [queue]);
    this.#held = [];
    for (let round = 0; round < 2 * maxAttempts + 2; round++) {
      await this.#moveTo(this.#latest + 3_600_000);
      await this.#client.query("select jobstack.poll($1)", [queue]);
      this.#setBack.clear();
      await this.#tick();
      const claims = await step(this.#client, 1, 1000);
      await step(
        this.#client,
        1,
        0,
        claims.map((claim) => report(claim, { outcome: "completed" })),
      );
      await this.#check();
    }
    const open = (await this.#jobs()).filter(
      ({ status }) => !["completed", "failed", "called off"].includes(status),
    );
    expect(open, "jobs that never ended").toEqual([]);
    expect(await metrics(this.#client)).toMatchObject({ ready: "0", scheduled: "0", processing: "0" });
    expect(await value(this.#client, "select count(*)::int from jobstack.lease")).toBe(0);
    expect(await sleep(this.#client, 1)).toBe(true);
    const enqueued = Number((await metrics(this.#client)).enqueued_total);
    expect(enqueued).toBeGreaterThanOrEqual(this.#inserted);
  }

  async #moveTo(now: number): Promise<void> {
    this.#wentBack ||= now < this.#now;
    this.#now = now;
    this.#latest = Math.max(this.#latest, now);
    await setClock(this.#client, new Date(now).toISOString());
  }

  async #row(id: string): Promise<Record<string, unknown> | undefined> {
    return (await this.#client.query("select * from public.jobs where id = $1", [id])).rows[0];
  }

  #holds({ token, job_id }: Held): Promise<boolean> {
    return value(
      this.#client,
      "select exists (select from jobstack.lease where token = $1 and $2 = any (job_ids))",
      [token, job_id],
    );
  }

  async #jobs(): Promise<{ id: string; status: string }[]> {
    return (await this.#client.query("select id, status from public.jobs order by id")).rows;
  }
}

/** Fresh counts to compare with the counters, and how often something is true that never may be. */
const facts = `
  with held as (
    select l.token, l.worker, h.job_id, coalesce(h.attempt, 1) as attempt
    from jobstack.lease l cross join lateral unnest(l.job_ids, l.attempts) h(job_id, attempt)
  ), job as (
    select j.*, case when $1 and max_retries is not null then max_retries + 1 else ${maxAttempts} end as max_attempts
    from public.jobs j
  ), known as (
    select job_id from jobstack.ready union all select job_id from jobstack.scheduled
  )
  select
    (select count(*)::int from jobstack.ready) as ready,
    (select count(*)::int from jobstack.scheduled) as scheduled,
    (select count(*)::int from held) as processing,
    (select count(*)::int from public.jobs where status = 'completed') as completed,
    array(
      select j.id::text from public.jobs j
      where j.status = 'pending' and not exists (select from known k where k.job_id = j.id::text)
    ) as unknown,
    (select count(*)::int from (select from held group by job_id having count(*) > 1) twice) as held_twice,
    (select count(*)::int from public.jobs j
      where j.status = 'processing' and not exists (select from held h where h.job_id = j.id::text)) as unheld,
    (select count(*)::int from job where attempts > max_attempts) as too_many_attempts,
    (select count(*)::int from (
      select from held h
      join job j on j.id::text = h.job_id and h.attempt = j.max_attempts
      join jobstack.attempt a on a.job_id = h.job_id and a.attempt = h.attempt - 1
      where a.last_error like 'lease expired%' and a.failed_at > jobstack.now() - interval '1 hour'
      group by h.worker having count(*) > 1
    ) twice) as suspects`;

function cancel(database: Database, id: string): Promise<boolean> {
  return value(database, "select jobstack.cancel($1, $2)", [queue, id]);
}

function choose<Item>(items: readonly Item[], pick: number): Item | undefined {
  return items[pick % Math.max(items.length, 1)];
}
