import { z } from "zod";
import { catalogue } from "./catalogue.ts";
import type { NewCronRunRow } from "./cron-run-row.ts";
import type { Timetable } from "./cron-timetable.ts";
import { distributionOf, emptyDistribution, observe } from "./distribution.ts";

const { buckets } = catalogue.pg_cron_job_start_delay_seconds;

/** How well a cron job keeps to its schedule. Times are Unix times in seconds, by the server's clock. */
export const punctuality = z.object({
  /** The schedule that the rest is about; another one begins anew, but for the counts. */
  schedule: z.string(),
  /** Due times up to this are settled: a run answered them, or they were missed. */
  settledUntil: z.number(),
  /** The newest run whose start was looked at. */
  startedRunid: z.number(),
  /** When that run ended, or began while its end is not known; null before the first. */
  freeSince: z.number().nullable(),
  missed: z.number(),
  delays: distributionOf(buckets),
});

export type Punctuality = z.infer<typeof punctuality>;

/** What happened to a job since it was last looked at. */
export interface JobNews {
  schedule: string;
  /** Null when nothing is due: not active, or a schedule without times. */
  timetable: Timetable | null;
  /** The job's runs that were read, lowest id first. */
  rows: readonly NewCronRunRow[];
  underWay: boolean;
  now: number;
  /** False when what was due until now cannot be known: the clock was set, or runs are not recorded. */
  certain: boolean;
}

/** pg_cron starts a run within a second; one that is not there after this was missed. */
const grace = 60;
/** Most due times settled at once; what is beyond is settled next time. */
const most = 1500;

/** Matches the runs that began with the times at which they were due. */
export function followJob(known: Punctuality | undefined, news: JobNews): Punctuality {
  const { schedule, timetable, rows, now, certain } = news;
  const isNew = known?.schedule !== schedule;
  const next: Punctuality = { ...(known ?? unknown), schedule };
  // What was due before it was known to be is nobody's concern.
  if (isNew || !timetable || !certain) next.settledUntil = now;
  for (const row of rows) look(next, row, timetable, now);
  if (timetable && !news.underWay && now - (next.freeSince ?? 0) > grace)
    miss(next, timetable.between(next.settledUntil, now - grace, most));
  return next;
}

const unknown: Punctuality = {
  schedule: "",
  settledUntil: 0,
  startedRunid: 0,
  freeSince: null,
  missed: 0,
  delays: emptyDistribution(buckets),
};

function look(job: Punctuality, row: NewCronRunRow, timetable: Timetable | null, now: number): void {
  const { runid, started_at: startedAt, ended_at: endedAt } = row;
  if (runid < job.startedRunid || startedAt === null) return;
  if (runid > job.startedRunid && timetable && startedAt > job.settledUntil) begin(job, startedAt, timetable);
  const free = endedAt ?? startedAt;
  // What ended in the future did so before the clock was set back; that counts as the moment when it was seen.
  job.freeSince =
    free <= now ? free : Math.min(runid === job.startedRunid ? (job.freeSince ?? now) : now, now);
  job.startedRunid = runid;
}

/** A run answers the oldest due time that waits: pg_cron queues what comes due while one is under way. */
function begin(job: Punctuality, startedAt: number, timetable: Timetable): void {
  const wasBusy = job.freeSince !== null && startedAt - job.freeSince <= grace;
  const due = timetable.between(job.settledUntil, startedAt, most);
  const waiting = wasBusy ? due : due.filter((time) => time >= startedAt - grace);
  miss(job, due.slice(0, due.length - waiting.length));
  const answered = waiting[0] ?? timetable.around(startedAt, job.settledUntil).last;
  if (answered !== null) job.delays = observe(job.delays, buckets, Math.max(0, startedAt - answered));
  const settled = timetable.fromLastStart ? startedAt : (waiting[0] ?? job.settledUntil);
  job.settledUntil = Math.max(job.settledUntil, settled);
}

function miss(job: Punctuality, due: readonly number[]): void {
  job.missed += due.length;
  job.settledUntil = due.at(-1) ?? job.settledUntil;
}
