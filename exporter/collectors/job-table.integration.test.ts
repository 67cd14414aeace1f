import { describe, expect, it, vi } from "vitest";
import { useTestDatabase } from "../../test/support/use-test-database.ts";
import {
  exporterUrlOf,
  failuresOf,
  grantTables,
  makeJobTable,
  scrapeTables,
  seriesOf,
  someName,
} from "../testing/job-tables.ts";
import { startExporter } from "../testing/start-exporter.ts";

const database = useTestDatabase();

async function countDirectly() {
  const { rows } = await database().pool.query<{
    counts: Record<string, number>;
    readyAge: number;
    runAge: number;
  }>(`
    with job as (
      select status, created_at, coalesce(started_at, created_at) as since,
             status in ('pending', 'again') as is_ready, status = 'running' as is_running
        from public.open_jobs
    )
    select jsonb_build_object(
             'ready', count(*) filter (where is_ready), 'scheduled', count(*) filter (where status = 'later'),
             'processing', count(*) filter (where is_running),
             'stuck', count(*) filter (where is_running and since < now() - interval '300 s')
           ) as counts,
           extract(epoch from now() - min(created_at) filter (where is_ready))::float8 as "readyAge",
           extract(epoch from now() - min(since) filter (where is_running))::float8 as "runAge"
      from job`);
  const [counted] = rows;
  if (!counted) throw new Error("no counts");
  return counted;
}

function isBetween(value: number | undefined, from: number, to: number): boolean {
  return value !== undefined && from <= value && value <= to;
}

describe("a described job table", () => {
  it("shows its open jobs as direct counts do", async () => {
    const table = await makeJobTable(database(), "open_jobs");
    await database().pool.query(`
      insert into public.open_jobs (status, created_at, started_at)
      select (array['pending', 'again', 'later', 'running', 'running', 'done', 'dead', 'other'])[1 + n % 8],
             now() - n * interval '1 minute', case when n % 8 = 3 then now() - n * interval '10 seconds' end
        from generate_series(0, 79) n`);
    expect(await grantTables(database(), table)).toEqual({ open_jobs: "ready" });

    const before = await countDirectly();
    const shown = seriesOf("open_jobs", await scrapeTables(database(), table));
    const after = await countDirectly();

    expect(before.counts.stuck).toBeGreaterThan(0);
    expect(shown).toMatchObject({
      'jobs_depth{status="ready"}': before.counts.ready,
      'jobs_depth{status="scheduled"}': before.counts.scheduled,
      'jobs_depth{status="processing"}': before.counts.processing,
      jobs_stuck: before.counts.stuck,
      jobs_times_observed: 1,
    });
    expect(isBetween(shown.jobs_oldest_ready_age_seconds, before.readyAge, after.readyAge)).toBe(true);
    expect(isBetween(shown.jobs_oldest_processing_age_seconds, before.runAge, after.runAge)).toBe(true);
  });

  it("shows zeros, and no ages, when it is empty", async () => {
    const table = await makeJobTable(database(), "empty_jobs");
    await grantTables(database(), table);
    const shown = seriesOf("empty_jobs", await scrapeTables(database(), table));
    expect(shown).toMatchObject({
      'jobs_depth{status="ready"}': 0,
      'jobs_depth{status="processing"}': 0,
      jobs_stuck: 0,
      'jobs_finished_total{outcome="completed"}': 0,
      'jobs_finished_total{outcome="failed"}': 0,
    });
    expect(Object.keys(shown).filter((series) => series.includes("_age_"))).toEqual([]);
  });

  it("shows nothing of what it does not tell", async () => {
    const parts = { columns: {}, statuses: { ready: "pending" } };
    const table = await makeJobTable(database(), "plain_jobs", { parts });
    await grantTables(database(), table);
    expect(seriesOf("plain_jobs", await scrapeTables(database(), table))).toEqual({
      'jobs_depth{status="ready"}': 0,
      jobs_times_observed: 0,
    });
  });

  it("counts each finished job once, also over a restart of the exporter", async () => {
    const table = await makeJobTable(database(), "finished_jobs");
    await grantTables(database(), table);
    const finished = async () => seriesOf("finished_jobs", await scrapeTables(database(), table));
    expect(await finished()).toMatchObject({ 'jobs_finished_total{outcome="completed"}': 0 });
    // As if that had been a minute ago: what finished since is new.
    await database().admin.query(
      `update jobstack.exporter_state
          set state = jsonb_set(
            state, '{finished_jobs,countedUntilUs}', to_jsonb((extract(epoch from now() - interval '1 min') * 1e6)::bigint)
          )
        where collector = 'job_table_finished_jobs'`,
    );
    await database().pool.query(
      `insert into public.finished_jobs (status, created_at, started_at, ended_at, tries)
       select s, now() - interval '50 s', now() - interval '45 s', now() - interval '40 s', 2
         from unnest('{done,done,skipped,dead,other}'::text[]) s
        union all
       select 'done', now() - interval '9 min', now() - interval '8 min', now() - interval '7 min', 1`,
    );
    const counts = {
      'jobs_finished_total{outcome="completed"}': 3,
      'jobs_finished_total{outcome="failed"}': 1,
      'jobs_run_seconds_count{outcome="completed"}': 3,
      'jobs_run_seconds_sum{outcome="completed"}': 15,
      jobs_attempts_sum: 8,
    };
    expect(await finished()).toMatchObject(counts);
    expect(await finished()).toMatchObject(counts);
  });
});

describe("what is looked at", () => {
  it("is the open jobs alone, however many have finished", async () => {
    const table = await makeJobTable(database(), "old_jobs", { parts: { columns: {} } });
    await database().pool.query(
      `insert into public.old_jobs (status) select case when n % 500 = 0 then 'pending' else 'done' end
         from generate_series(1, 5000) n`,
    );
    await grantTables(database(), table);
    const read = async () => {
      const { rows } = await database().admin.query<{ whole: number; entries: number }>(
        `select t.seq_scan::int as whole, sum(i.idx_tup_read)::int as entries
           from pg_stat_all_tables t join pg_stat_all_indexes i using (relid) where t.relname = 'old_jobs' group by 1`,
      );
      return rows[0] ?? { whole: Number.NaN, entries: Number.NaN };
    };
    const before = await read();
    const shown = await scrapeTables(database(), table);
    expect(seriesOf("old_jobs", shown)).toMatchObject({ 'jobs_depth{status="ready"}': 10 });
    await vi.waitFor(async () => expect(await read()).not.toEqual(before), 30_000);
    expect(await read()).toEqual({ whole: before.whole, entries: before.entries + 10 });
  });

  const open = "status in ('pending', 'again', 'later', 'running')";
  it.each([
    ["(status)", true],
    ["(created_at, id)", false],
    ["(created_at, status)", false],
    [`(created_at) where ${open}`, true],
    [`(created_at) where ${open.replace(")", ", 'done')")}`, false],
    ["(created_at) where status = any ('{pending,again,later,running,done}')", false],
    [`(created_at) where lower${open.replace("status", "(status)")}`, false],
    [`(created_at) where ${open} or tries > 9`, false],
    ["(id) where status = 'pending'", false],
    ["(created_at) where status is not null", false],
    ["(created_at) where status <> 'done'", false],
  ])("is found by an index on %s: %s", async (index, fits) => {
    const name = someName();
    const table = await makeJobTable(database(), name, { indexes: false, parts: { columns: {} } });
    await database().pool.query(`create index on public.${name} ${index}`);
    const { [name]: state = "" } = await grantTables(database(), table);
    const shown = await scrapeTables(database(), table);
    expect(failuresOf(name, shown)).toEqual(fits ? {} : { missing_index: 1 });
    expect(seriesOf(name, shown)).toEqual(fits ? expect.objectContaining({ jobs_stuck: 0 }) : {});
    if (fits) return expect(state).toBe("ready");
    await database().pool.query(/create index concurrently .*;$/.exec(state)?.[0] ?? state);
    expect(failuresOf(name, await scrapeTables(database(), table))).toEqual({});
  });

  it("is not the finished jobs while their time has no index, and the script says which one", async () => {
    const table = await makeJobTable(database(), "untimed_jobs", { indexes: false });
    await database().pool.query("create index on public.untimed_jobs (status)");
    const { untimed_jobs: state = "" } = await grantTables(database(), table);
    const shown = seriesOf("untimed_jobs", await scrapeTables(database(), table));
    expect(shown).toMatchObject({ jobs_times_observed: 0, 'jobs_depth{status="ready"}': 0 });
    expect(Object.keys(shown).filter((series) => series.startsWith("jobs_finished"))).toEqual([]);
    await database().pool.query(/create index concurrently .*;$/.exec(state)?.[0] ?? state);
    expect(await grantTables(database(), table)).toEqual({ untimed_jobs: "ready" });
    expect(seriesOf("untimed_jobs", await scrapeTables(database(), table))).toMatchObject({
      jobs_times_observed: 1,
    });
  });

  it("is each table by itself, so that one that is locked takes nothing from the others", async () => {
    const locked = await makeJobTable(database(), "locked_jobs");
    const free = await makeJobTable(database(), "free_jobs");
    await grantTables(database(), locked, free);
    const exporter = startExporter(exporterUrlOf(database()), [locked, free]);
    const locker = await database().pool.connect();
    await locker.query("begin; lock table public.locked_jobs in access exclusive mode");
    const shown = await exporter.scrape();
    await locker.query("rollback");
    locker.release();
    const unlocked = await exporter.scrape();
    await exporter.stop();
    expect(failuresOf("locked_jobs", shown)).toEqual({ lock_timeout: 1 });
    expect(seriesOf("locked_jobs", shown)).toEqual({});
    expect(seriesOf("free_jobs", shown)).toMatchObject({ jobs_stuck: 0 });
    expect(seriesOf("locked_jobs", unlocked)).toMatchObject({ jobs_stuck: 0 });
  });
});
