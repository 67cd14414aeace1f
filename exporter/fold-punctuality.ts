import type { CronJobRow } from "./cron-job-labels.ts";
import type { NewCronRunRow } from "./cron-run-row.ts";
import type { CronHistory, CronRunState } from "./cron-run-state.ts";
import { timetableOf } from "./cron-timetable.ts";
import { groupBy } from "./group-by.ts";
import { followJob } from "./punctuality.ts";

/** A row of jobstack.metrics_cron_clock(), and the exporter's clock that is never set, in seconds. */
export interface CronClock extends CronHistory {
  server_time: number;
  time_zone: string;
  log_run: boolean | null;
  steady: number;
}

/** Two clocks that differ by more than this between two looks: one was set. */
const tolerance = 60;
/** After a longer absence it is not known what was due. */
const longestAbsence = 86_400;

/** Takes over how well each job kept to its schedule; `state` has the rows folded in already. */
export function foldPunctuality(
  state: CronRunState,
  jobs: readonly CronJobRow[],
  rows: readonly NewCronRunRow[],
  clock: CronClock,
): CronRunState {
  const { server_time: now, time_zone: timeZone, log_run: recorded, steady } = clock;
  const certain = recorded !== false && isSound(state.clock, { server: now, steady });
  const underWay = new Set(state.open.filter(({ alive }) => alive).map(({ jobid }) => jobid));
  const byJob = groupBy(
    [...rows].sort((a, b) => a.runid - b.runid),
    ({ jobid }) => jobid,
  );
  const followed = jobs.map(({ jobid, schedule, active }) => [
    jobid,
    followJob(state.punctuality[jobid], {
      schedule: `${schedule} ${timeZone}`,
      timetable: active ? timetableOf(schedule, timeZone) : null,
      rows: byJob.get(jobid) ?? [],
      underWay: underWay.has(jobid),
      now,
      certain,
    }),
  ]);
  return { ...state, punctuality: Object.fromEntries(followed), clock: { server: now, steady } };
}

function isSound(before: CronRunState["clock"], now: { server: number; steady: number }): boolean {
  if (!before) return false;
  const passed = now.server - before.server;
  return passed <= longestAbsence && Math.abs(passed - (now.steady - before.steady)) <= tolerance;
}
