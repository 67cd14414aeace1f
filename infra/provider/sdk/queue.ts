import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface QueueStatuses {
  pending: pulumi.Input<string>;
  /** The others are for a managed queue, if not given, the names of the states; an observed table may lack some. */
  processing?: pulumi.Input<string> | undefined;
  completed?: pulumi.Input<string> | undefined;
  failed?: pulumi.Input<string> | undefined;
  /** For a job that was cancelled; of a managed queue only. Default: the word for failed. */
  cancelled?: pulumi.Input<string> | undefined;
}

/** At most so many jobs start in any so many seconds. Whole numbers; jobs is at most 1000. */
export interface RateLimit {
  jobs: pulumi.Input<number>;
  seconds: pulumi.Input<number>;
  /** Only jobs with this `value` in this column count. Default: all of the queue. */
  column?: pulumi.Input<string> | undefined;
  value?: pulumi.Input<string> | undefined;
}

export interface QueueArgs {
  /** Name of the queue. A change replaces the resource. */
  name: pulumi.Input<string>;
  /**
   * Whether Jobstack gives the queue's jobs to workers and ends them ("managed"), or the table belongs to someone else, who
   * does, and is woken for, counted and watched ("observed"). Default: "managed".
   */
  kind?: pulumi.Input<"managed" | "observed"> | undefined;
  /** The job table, "schema.table", as the names are, capitals included; with a dot in one, both stand in double quotes as in SQL. */
  table: pulumi.Input<string>;
  /** Column that identifies a job. Default: "id". */
  idColumn?: pulumi.Input<string> | undefined;
  /** Column with the job's status. Default: "status". */
  statusColumn?: pulumi.Input<string> | undefined;
  /** The table's own words for the states. Default: the names of the states. */
  statuses?: pulumi.Input<QueueStatuses> | undefined;
  /** Column that receives the result. Default: none. */
  resultColumn?: pulumi.Input<string> | undefined;
  /** Column that receives the last error. Default: none. */
  errorColumn?: pulumi.Input<string> | undefined;
  /** Column that receives the number of attempts. Default: none. */
  attemptsColumn?: pulumi.Input<string> | undefined;
  /** Column that receives when work began. Default: none. */
  startedAtColumn?: pulumi.Input<string> | undefined;
  /** Column that receives when work ended. Default: none. */
  completedAtColumn?: pulumi.Input<string> | undefined;
  /** Column that says when the job was made. Default: none; an observed queue needs it. */
  createdAtColumn?: pulumi.Input<string> | undefined;
  /** Column whose higher values are worked on first. Default: none. */
  priorityColumn?: pulumi.Input<string> | undefined;
  /** Column that receives how often the job was tried again; what stands there when a job is taken over counts. Default: none. */
  retriesColumn?: pulumi.Input<string> | undefined;
  /** Column that says how often the job may be tried again; null in it means `maxAttempts`. Default: none. */
  maxRetriesColumn?: pulumi.Input<string> | undefined;
  /** Column with the earliest time to run a job; an inserted job of the future waits until then. Default: none. */
  runAtColumn?: pulumi.Input<string> | undefined;
  /** Column to which the worker that holds a job may write how far it is: jsonb, json or an integer. Default: none. */
  progressColumn?: pulumi.Input<string> | undefined;
  /**
   * Column with a key of which at most one job is open at a time. A unique index must see to that:
   * `create unique index on t (key) where status in ('pending', 'processing')`. Default: none.
   */
  keyColumn?: pulumi.Input<string> | undefined;
  /** Address of the worker that an insert wakes. Default: none; jobs wait for a worker that polls. */
  wakeUrl?: pulumi.Input<string> | undefined;
  /** Name of the Vault secret that signs the wake-up. Default: none. */
  wakeSecret?: pulumi.Input<string> | undefined;
  /** Time limit of a wake-up call in milliseconds. Default: 5000. */
  wakeTimeoutMs?: pulumi.Input<number> | undefined;
  /** Attempts before a job counts as failed. Default: 3. */
  maxAttempts?: pulumi.Input<number> | undefined;
  /** How long a worker holds a job without a heartbeat, in seconds. Default: 60. */
  leaseSeconds?: pulumi.Input<number> | undefined;
  /** First wait before another attempt, in seconds; doubles each time. Default: 5. */
  backoffBaseSeconds?: pulumi.Input<number> | undefined;
  /** Longest wait before another attempt, in seconds. Default: 300. */
  backoffCapSeconds?: pulumi.Input<number> | undefined;
  /** A job processing for longer than this many seconds counts as stuck. Default: 300. */
  stuckAfterSeconds?: pulumi.Input<number> | undefined;
  /** Days that finished jobs are kept. Default: for ever. */
  retentionDays?: pulumi.Input<number> | undefined;
  /** Jobs that may run at once, over all workers. Default: no limit. */
  maxRunning?: pulumi.Input<number> | undefined;
  /** How many jobs may start in a period; a job that may not yet waits as scheduled. Default: no limit. */
  rateLimits?: pulumi.Input<pulumi.Input<RateLimit>[]> | undefined;
  /** Refuse already in a preview when the queue core is missing: for a stack that does not deploy it. Default: false. */
  expectCore?: pulumi.Input<boolean> | undefined;
  /** Take over a queue of this name that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A job table declared as a queue of Jobstack. Deleting it keeps the table and its rows. Import id: the name. */
export class Queue extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: QueueArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:Queue", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
