/** An alert that has nothing new to say while another one fires for the same environment, queue or job. */
export interface Inhibition {
  source: string;
  targets: readonly string[];
  equal: readonly string[];
}

export const inhibitions: readonly Inhibition[] = [
  {
    source: "CronSchedulerDown",
    targets: ["CronJobMissed", "CronJobNotSucceeding", "JobsTickStale"],
    equal: ["environment"],
  },
  {
    source: "CronJobFailing",
    targets: ["CronJobLastRunFailed"],
    equal: ["environment", "job_name", "database"],
  },
  { source: "JobsQueueStalled", targets: ["JobsQueueOldestTooOld"], equal: ["environment", "queue"] },
  {
    source: "JobsFailureBudgetBurn",
    targets: ["JobsFailureBudgetBurnSlow"],
    equal: ["environment", "queue"],
  },
  { source: "JobsStartBudgetBurn", targets: ["JobsStartBudgetBurnSlow"], equal: ["environment", "queue"] },
  { source: "PgNetWorkerDown", targets: ["PgNetQueueStandsStill"], equal: ["environment"] },
];
