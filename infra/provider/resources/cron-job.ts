import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import { findScheduleProblem, namesLastDay } from "../postgres/crontab.ts";
import type { Sql } from "../postgres/database.ts";
import { dollarQuote } from "../postgres/identifier.ts";
import { crontabOf, findIntervalProblem, secondsOf } from "../postgres/interval.ts";
import { describeNextRuns } from "../postgres/next-runs.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { adopt, checkedText, namesOf, postgresName } from "./names.ts";

const inputs = z
  .strictObject({
    name: postgresName.describe("name of the job"),
    schedule: checkedText(findScheduleProblem)
      .optional()
      .describe("five-field crontab or shorthand such as @hourly"),
    every: checkedText(findIntervalProblem).optional().describe("interval such as 30 seconds"),
    command: z.string().min(1, "must not be empty").describe("SQL to run"),
    active: z.boolean().optional().describe("false keeps the job and does not run it"),
    database: postgresName.optional().describe("database to run in"),
    adopt,
  })
  .superRefine(({ schedule, every }, context) => {
    if ((schedule === undefined) !== (every === undefined)) return;
    const found = schedule === undefined ? "is missing" : "is given together with every";
    context.addIssue({
      code: "custom",
      path: ["schedule"],
      message: `${found}; give either schedule or every`,
    });
  });

type Inputs = z.infer<typeof inputs>;
type Facts = {
  schedule: string;
  command: string;
  active: boolean;
  database: string;
  /** Host and port that the job connects to; empty where these are the server's own. */
  server: string;
};
type Timing = Pick<Facts, "schedule" | "command">;

const TIMING_INPUTS = ["schedule", "every", "command"] as const;

/** A job of pg_cron that belongs to the role that deploys; one of the same name that belongs to another is not ours. */
export const cronJob: Resource<Inputs, Facts> = {
  kind: "CronJob",
  noun: "cron job",
  schema: inputs,
  defaults: { active: true },
  identity: ["name"],
  shownAs: {
    schedule: TIMING_INPUTS,
    command: TIMING_INPUTS,
    active: ["active"],
    database: ["database"],
    server: [],
  },
  atomic: true,

  id: ({ name }) => joinNames([name]),

  async foretell({ sql, info }, { schedule, every, active = true }, old) {
    const given = { schedule, every, active };
    if ((schedule === undefined) === (every === undefined)) return;
    const before = old && { schedule: old.schedule, every: old.every, active: old.active ?? true };
    if (isDeepStrictEqual(given, before)) return;
    info(describeNextRuns({ ...given, timeZone: await cronTimeZone(sql) }, new Date()));
  },

  async read({ sql }, id, known) {
    if ((await cronVersion(sql)) === undefined) return undefined;
    const name = namesOf(["name"], id, known.inputs)?.name ?? "";
    const [row] = await sql.query<Facts & { here: string }>(FIND, [name]);
    if (row === undefined) return undefined;
    const { here, ...facts } = row;
    const showDatabase = facts.database !== here || known.inputs?.database !== undefined;
    const database = showDatabase ? { database: facts.database } : {};
    return { inputs: { name, ...timingInputs(facts), active: facts.active, ...database }, facts };
  },

  async apply({ sql }, wanted, live, known) {
    const version = await cronVersion(sql);
    if (version === undefined) throw await missingExtension(sql, wanted.name);
    const { schedule, command } = timingOf(wanted, version);
    await refuseDatabase(sql, wanted);
    const values = [wanted.name, schedule, command, wanted.database, wanted.active !== false];
    if (live === undefined) return void (await sql.query(SCHEDULE, values));
    const moved =
      known !== undefined && live.facts.server !== "" && live.facts.server !== known.observed.server;
    // Scheduling anew under the same name would change neither database nor active, and altering not the server.
    if (!moved && (await mayAlter(sql))) return void (await sql.query(ALTER, values));
    await sql.query(UNSCHEDULE, [wanted.name]);
    await sql.query(SCHEDULE, values);
  },

  async remove({ sql }, _id, { inputs: { name } }) {
    if ((await cronVersion(sql)) === undefined) return;
    await sql.query(UNSCHEDULE, [name]);
  },
};

/** pg_cron 1.5 knows seconds of its own; before, one job a minute loops inside its minute. */
function timingOf({ name, schedule, every, command }: Inputs, version: number): Timing {
  if (every === undefined) {
    if (schedule !== undefined && namesLastDay(schedule) && version < 1.5) {
      const wrong = `schedule "${schedule}" means the last day of the month by "$", which pg_cron ${version} does not know`;
      throw userError("cron job", name, wrong, 'write a day such as "28", or update pg_cron to 1.5');
    }
    return { schedule: schedule ?? "", command };
  }
  const seconds = secondsOf(every);
  if (seconds >= 60) return { schedule: crontabOf(seconds), command };
  if (version >= 1.5) return { schedule: `${seconds} seconds`, command };
  if (60 % seconds !== 0) {
    throw userError(
      "cron job",
      name,
      `every "${every}" does not divide a minute, which pg_cron ${version} needs for intervals under a minute`,
      'write "10 seconds", "15 seconds", "20 seconds" or "30 seconds", or update pg_cron to 1.5',
    );
  }
  return {
    schedule: "* * * * *",
    command: `call jobstack.run_every('${seconds} seconds', ${dollarQuote(command)})`,
  };
}

/** The reverse: what a program would have to say for the job to be as it is. */
function timingInputs({ schedule, command }: Timing): Pick<Inputs, "schedule" | "every" | "command"> {
  const wrapped = /^call jobstack\.run_every\('(\d+ seconds)', (\$cmd\d*\$)([\s\S]*)\2\)$/.exec(command);
  if (wrapped !== null && schedule === "* * * * *") return { every: wrapped[1], command: wrapped[3] ?? "" };
  return /^\d+ seconds$/.test(schedule) ? { every: schedule, command } : { schedule, command };
}

async function cronTimeZone(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ zone: string }>(
    "select coalesce(pg_catalog.current_setting('cron.timezone', true), 'GMT') as zone",
  );
  return row?.zone ?? "GMT";
}

/** pg_cron takes any name, and then each run fails. */
async function refuseDatabase(sql: Sql, { name, database }: Inputs): Promise<void> {
  if (database === undefined) return;
  const [row] = await sql.query("select from pg_catalog.pg_database where datname = $1", [database]);
  if (row !== undefined) return;
  const wrong = `runs in database "${database}", which does not exist`;
  throw userError("cron job", name, wrong, "correct the name, or make the database first");
}

/** Postgres revokes it from everyone by default, Supabase grants it. */
async function mayAlter(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ allowed: boolean }>(
    `select pg_catalog.has_function_privilege(
       'cron.alter_job(bigint, text, text, text, text, boolean)', 'execute') as allowed`,
  );
  return row?.allowed === true;
}

async function cronVersion(sql: Sql): Promise<number | undefined> {
  const [row] = await sql.query<{ version: string }>(
    "select extversion as version from pg_catalog.pg_extension where extname = 'pg_cron'",
  );
  return row === undefined ? undefined : Number.parseFloat(row.version);
}

async function missingExtension(sql: Sql, name: string): Promise<Error> {
  const [row] = await sql.query<{ home: string | null; here: string }>(
    "select pg_catalog.current_setting('cron.database_name', true) as home, current_database()::text as here",
  );
  if (row?.home && row.home !== row.here) {
    const instead = `connect the provider to that database, and name "${row.here}" in the job's database`;
    return userError(
      "cron job",
      name,
      `pg_cron works in database "${row.home}" only, not in "${row.here}"`,
      instead,
    );
  }
  const instead = 'declare new Extension("cron", { name: "pg_cron" }) and let the job depend on it';
  return userError("cron job", name, "the extension pg_cron is not installed", instead);
}

const FIND = `
  select j.schedule, j.command, j.active, j.database, current_database()::text as here,
         case
           when j.nodename = coalesce(pg_catalog.current_setting('cron.host', true), 'localhost')
            and j.nodeport = pg_catalog.current_setting('port')::int
           then ''
           else j.nodename || ':' || j.nodeport
         end as server
    from cron.job as j
   where j.jobname = $1 and j.username = current_user
`;

// A user name, even one's own, may be given by a superuser only.
const SCHEDULE = "select cron.schedule_in_database($1, $2, $3, coalesce($4, current_database()), null, $5)";

const ALTER = `
  select cron.alter_job(j.jobid, $2, $3, coalesce($4, current_database()), null, $5)
    from cron.job as j
   where j.jobname = $1 and j.username = current_user
`;

const UNSCHEDULE = `
  select cron.unschedule(j.jobid)
    from cron.job as j
   where j.jobname = $1 and j.username = current_user
`;
