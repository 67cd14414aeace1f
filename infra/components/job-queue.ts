import * as pulumi from "@pulumi/pulumi";
import { Queue, type QueueArgs } from "../provider/sdk.ts";
import { ObserveTriggers } from "./observe-triggers.ts";
import { OnInsertTrigger } from "./on-insert-trigger.ts";

interface AnyQueueArgs
  extends Pick<
    QueueArgs,
    "wakeTimeoutMs" | "stuckAfterSeconds" | "startedAtColumn" | "completedAtColumn" | "expectCore" | "adopt"
  > {
  /** The job table. */
  table: { schema: string; name: string };
  /** Column with the job's status. Default: "status". */
  statusColumn?: string;
  /** What an insert wakes. */
  wake: {
    /** Address of the worker: `functions.url("...")` of its `EdgeFunctions`. */
    url: pulumi.Input<string>;
    /** Name of the Vault secret that signs the wake-up. */
    secret: pulumi.Input<string>;
    /** Name of the trigger on the table, and of its function in the table's schema. */
    trigger: string;
    function: string;
  };
}

type Derived =
  | "kind"
  | "name"
  | "wakeUrl"
  | "wakeSecret"
  | "idColumn"
  | "statuses"
  | "priorityColumn"
  | "runAtColumn";

/** A table of which Jobstack gives jobs to workers and ends them. */
export interface ManagedQueueArgs extends AnyQueueArgs, Omit<QueueArgs, keyof AnyQueueArgs | Derived> {
  kind?: "managed";
  /** Column that identifies a job. Default: "id". */
  idColumn?: string;
  /** The table's own words for the states. Default: the names of the states. */
  statuses?: { pending: string; processing: string; completed: string; failed: string; cancelled?: string };
  /** Column whose higher values are worked on first. Default: none. */
  priorityColumn?: string;
  /** Column with the earliest time to run a job; an inserted job of the future waits. Default: none. */
  runAtColumn?: string;
}

/** Someone else's table: its worker is woken, its jobs are counted and watched, and nothing else is touched. */
export interface ObservedQueueArgs extends AnyQueueArgs {
  kind: "observed";
  /** Column that says when a job was made. */
  createdAtColumn: string;
  /** The table's own words; leave out a state that it does not have. Default: the names of the four states. */
  statuses?: { pending: string; processing?: string; completed?: string; failed?: string };
}

export type JobQueueArgs = ManagedQueueArgs | ObservedQueueArgs;

/**
 * A job table as a queue. A managed one has claims, leases, retries, dead letters, and a wake-up on insert; an observed one
 * wake-up, counts and ages. The component's name is the queue's.
 */
export class JobQueue extends pulumi.ComponentResource {
  /** Name of the queue. */
  readonly name: string;
  /** What a worker or a schedule of this queue must wait for. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: JobQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:JobQueue", name, {}, opts);
    const { table, wake, ...settings } = args;
    const queue = new Queue(
      name,
      {
        ...settings,
        name,
        table: `${table.schema}.${table.name}`,
        wakeUrl: wake.url,
        wakeSecret: wake.secret,
      },
      { parent: this },
    );
    const place = { queue: name, table, trigger: wake.trigger, function: wake.function, url: wake.url };
    const partOpts = { parent: this, dependsOn: queue };
    this.name = name;
    this.ready = [
      queue,
      args.kind === "observed"
        ? new ObserveTriggers(
            name,
            { ...place, statusColumn: args.statusColumn ?? "status", statuses: args.statuses ?? stateNames },
            partOpts,
          )
        : new OnInsertTrigger(name, { ...place, ...columnsOf(args) }, partOpts),
    ];
    this.registerOutputs();
  }
}

const stateNames = {
  pending: "pending",
  processing: "processing",
  completed: "completed",
  failed: "failed",
};

function columnsOf({ idColumn, statusColumn, priorityColumn, runAtColumn, statuses }: ManagedQueueArgs) {
  return { idColumn, statusColumn, priorityColumn, runAtColumn, pending: statuses?.pending };
}
