import type pg from "pg";

export interface Moment {
  seconds: number;
  /** Jobs completed so far. */
  completed: number;
  /** Whether the other transaction is open. */
  open: boolean;
}

export interface Sample extends Moment {
  /** A line of the table. */
  row: string;
}

const head = [
  "s",
  "other transaction",
  "jobs/s",
  "backlog",
  "jobs, MB",
  "its indexes, MB",
  "its dead rows",
  "ready and lease, MB",
  "their dead rows",
];

export const sampleHead = [head, head.map(() => "---")].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** What has become of the tables, and the throughput since the sample before. */
export async function sample(database: pg.Pool, moment: Moment, before?: Sample): Promise<Sample> {
  const { rows } = await database.query<Record<string, string>>(
    `select
       (select sum(ready) from (
          select ready from jobstack.count_base union all select ready from jobstack.count_delta
        ) c) as backlog,
       pg_table_size('public.jobs') as table, pg_indexes_size('public.jobs') as indexes,
       (select sum(pg_total_relation_size(t)) from unnest($1::regclass[]) t) as own,
       (select n_dead_tup from pg_stat_user_tables where relid = 'public.jobs'::regclass) as dead,
       (select sum(n_dead_tup) from pg_stat_user_tables where relid = any ($1::regclass[])) as own_dead`,
    [["jobstack.ready", "jobstack.lease"]],
  );
  const { backlog, table, indexes, own, dead, own_dead } = rows[0] ?? {};
  const jobs = moment.completed - (before?.completed ?? 0);
  const cells = [
    Math.round(moment.seconds),
    moment.open ? "open" : "ended",
    whole(jobs / (moment.seconds - (before?.seconds ?? 0))),
    whole(Number(backlog)),
    megabytes(table),
    megabytes(indexes),
    whole(Number(dead)),
    megabytes(own),
    whole(Number(own_dead)),
  ];
  return { ...moment, row: `| ${cells.join(" | ")} |` };
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
const megabytes = (bytes = "0") => whole(Number(bytes) / 1_000_000);
