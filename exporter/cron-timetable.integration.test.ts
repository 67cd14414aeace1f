import fc from "fast-check";
import type pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { findScheduleProblem } from "../infra/provider/postgres/crontab.ts";
import { readCrontab } from "../infra/provider/postgres/read-crontab.ts";
import { type ClockedCluster, createClockedCluster } from "../test/support/clocked-cluster.ts";
import { openPool } from "../test/support/open-pool.ts";
import { timetableOf } from "./cron-timetable.ts";
import { installMetrics } from "./testing/install-metrics.ts";

let cluster: ClockedCluster;
let admin: pg.Pool;

beforeAll(async () => {
  // Before 1.5 pg_cron knew no time zone but GMT, and ignores this.
  cluster = await createClockedCluster({ "cron.timezone": "Europe/Berlin" });
  admin = openPool(cluster.adminUrl, 2);
  await admin.query(`
    create function accepts(schedule text) returns boolean language plpgsql as $$
    begin
      perform cron.schedule('probe', schedule, 'select 1');
      perform cron.unschedule('probe');
      return true;
    exception when others then
      return false;
    end $$`);
});

afterAll(async () => {
  await admin?.end();
  await cluster?.stop();
});

/** What pg_cron itself says to each schedule. */
async function accepts(schedules: readonly string[]): Promise<boolean[]> {
  const { rows } = await admin.query<{ accepted: boolean }>(
    "select accepts(schedule) as accepted from unnest($1::text[]) with ordinality s(schedule, n) order by n",
    [schedules],
  );
  return rows.map(({ accepted }) => accepted);
}

const number = (least: number, most: number, names: readonly string[] = []) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: least, max: most }).map(String) },
    { weight: names.length > 0 ? 2 : 0, arbitrary: fc.constantFrom(...names, "x") },
  );

/** A field in any form that pg_cron reads. */
function field(least: number, most: number, names?: readonly string[]): fc.Arbitrary<string> {
  const value = number(least, most, names);
  const step = fc.integer({ min: 1, max: 40 });
  const range = fc
    .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const part = fc.oneof(
    value,
    range,
    fc.tuple(range, step).map(([text, by]) => `${text}/${by}`),
    step.map((by) => `*/${by}`),
    fc.constant("*"),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant("*") },
    { weight: 5, arbitrary: part },
    { weight: 1, arbitrary: fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => parts.join(",")) },
  );
}

const months = ["jan", "FEB", "Mar", "dec"];
const weekdays = ["sun", "MON", "Tue", "sat"];
const crontab = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12, months), field(0, 7, weekdays))
  .map((fields) => fields.join(" "));

/** A crontab with one place changed to something that may not be one. */
const damaged = fc
  .tuple(
    crontab,
    fc.nat(),
    fc.nat(2),
    fc.string({ unit: fc.constantFrom(..."*/,-05L?#. xsunjan"), maxLength: 3 }),
  )
  .map(([text, at, cut, noise]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + noise + text.slice(place + cut);
  });

const special = fc.constantFrom(
  ...["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@reboot"],
  ...["@HOURLY", "@every 5m", "@daily x", "", " ", "* * * *", "* * * * * *", " 1 \t2  3 4 5 ", "1/5 * * * *"],
);

const anything = fc.oneof({ weight: 4, arbitrary: crontab }, { weight: 4, arbitrary: damaged }, special);
/** Anew each time; a failure names the seed. */
const seed = Date.now();

it("reads a schedule exactly when pg_cron accepts it", async () => {
  const schedules = fc.sample(anything, { numRuns: 3000, seed });
  const accepted = await accepts(schedules);
  const differ = schedules.filter((schedule, index) => {
    const isRead = schedule.trim() === "@reboot" || readCrontab(schedule) !== undefined;
    return isRead !== accepted[index];
  });
  expect(differ, `seed ${seed}`).toEqual([]);
});

it("lets through no schedule that pg_cron refuses", async () => {
  const schedules = fc.sample(anything, { numRuns: 3000, seed });
  const fine = schedules.filter((schedule) => findScheduleProblem(schedule) === undefined);
  const accepted = await accepts(fine);
  expect(fine.length).toBeGreaterThan(300);
  expect(
    fine.filter((_, index) => !accepted[index]),
    `seed ${seed}`,
  ).toEqual([]);
});

/** In both directions over an hour of a time zone that is set, ends of months, a leap day, Sundays and New Year. */
const moments = [
  "2027-03-28T00:30Z",
  "2027-03-28T05:00Z",
  "2027-10-31T00:30Z",
  "2027-12-31T23:59Z",
  "2028-01-01T04:15Z",
  "2028-02-29T00:00Z",
  "2028-03-05T12:45Z",
  "2028-04-30T17:07Z",
  "2029-01-01T00:00Z",
].map((text) => new Date(text));

/** Crontabs of which each field fits one of the moments, most of the time. */
const nearMoment = fc.constantFrom(...moments).chain((moment) => {
  const near = (value: number, least: number, most: number) =>
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom("*", String(value), `${least}-${value}`, `${value}-${most}/3`),
      },
      { weight: 2, arbitrary: fc.constantFrom("*/5", `${least},${value},${most}`, `*/${value || 1}`) },
      { weight: 1, arbitrary: field(least, most) },
    );
  return fc
    .tuple(
      near(moment.getUTCMinutes(), 0, 59),
      near(moment.getUTCHours(), 0, 23),
      near(moment.getUTCDate(), 1, 31),
      near(moment.getUTCMonth() + 1, 1, 12),
      near(moment.getUTCDay(), 0, 7),
    )
    .map((fields) => fields.join(" "));
});

const fixed = [
  "@yearly",
  "@monthly",
  "@weekly",
  "@daily",
  "@hourly",
  "30 2 * * *",
  "0 0 1 * 7",
  "0 0 31 12 5",
];

it("is due when pg_cron starts the job, whatever the crontab and the moment", {
  timeout: 120_000,
}, async () => {
  const schedules = [...fixed, ...fc.sample(nearMoment, { numRuns: 80, seed })];
  const { rows: jobs } = await admin.query<{ jobid: number; schedule: string }>(
    `select cron.schedule('job ' || n, schedule, 'select 1')::int as jobid, schedule
       from unnest($1::text[]) with ordinality s(schedule, n)`,
    [schedules],
  );
  await installMetrics(cluster.url);
  const { rows: zone } = await admin.query<{ name: string }>(
    "select time_zone as name from jobstack.metrics_cron_clock()",
  );
  await admin.query("select cron.schedule('every minute', '* * * * *', 'select 1')");
  for (const moment of moments) {
    const started = await runsAt(moment);
    const minute = moment.getTime() / 1000;
    const due = jobs.filter(
      ({ schedule }) => timetableOf(schedule, zone[0]?.name ?? "")?.around(minute + 1, 0).last === minute,
    );
    const schedulesOf = (ids: ReadonlySet<number>) =>
      jobs.filter(({ jobid }) => ids.has(jobid)).map(({ schedule }) => schedule);
    expect(
      schedulesOf(new Set(due.map(({ jobid }) => jobid))),
      `${moment.toISOString()}, seed ${seed}`,
    ).toEqual(schedulesOf(started));
    expect(due.length).toBeGreaterThan(0);
  }
});

/** Sets the clock to twenty seconds past the minute, and returns the jobs that pg_cron starts at it. */
async function runsAt(moment: Date): Promise<Set<number>> {
  cluster.setClock(new Date(moment.getTime() + 20_000));
  return vi.waitFor(
    async () => {
      const { rows } = await admin.query<{ jobid: number; name: string; status: string }>(
        `select r.jobid::int, j.jobname as name, r.status
           from cron.job_run_details r join cron.job j using (jobid)
          where r.start_time is null or date_trunc('minute', r.start_time) = $1`,
        [moment],
      );
      // All jobs of a minute are started in one go, so when this one has ended none is still to come.
      expect(rows.some(({ name }) => name === "every minute")).toBe(true);
      expect(rows.filter(({ status }) => status !== "succeeded")).toEqual([]);
      return new Set(rows.map(({ jobid }) => jobid));
    },
    { timeout: 30_000, interval: 100 },
  );
}
