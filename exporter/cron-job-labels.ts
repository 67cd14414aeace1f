/** A row of jobstack.metrics_cron_jobs(). */
export interface CronJobRow {
  jobid: number;
  job_name: string | null;
  schedule: string;
  database: string;
  username: string;
  active: boolean;
}

export interface CronJobLabels {
  job_name: string;
  database: string;
}

/**
 * The labels of each job by its id. pg_cron allows a job without a name, and one name once per user: a nameless job and
 * all but the oldest of a name carry their id, so that no two jobs share a series.
 */
export function labelCronJobs(jobs: readonly CronJobRow[]): Map<number, CronJobLabels> {
  const taken = new Set<string>();
  const labels = new Map<number, CronJobLabels>();
  for (const { jobid, job_name, database } of [...jobs].sort((a, b) => a.jobid - b.jobid)) {
    const series = JSON.stringify([job_name, database]);
    const name =
      job_name && !taken.has(series) ? job_name : [job_name, `jobid:${jobid}`].filter(Boolean).join(" ");
    taken.add(series);
    labels.set(jobid, { job_name: name, database });
  }
  return labels;
}
