import * as pulumi from "@pulumi/pulumi";
import { Queue, type QueueArgs } from "../provider/sdk.ts";
import { OnInsertTrigger } from "./on-insert-trigger.ts";

type Derived =
  | "name"
  | "table"
  | "wakeUrl"
  | "wakeSecret"
  | "idColumn"
  | "statusColumn"
  | "statuses"
  | "priorityColumn";

export interface JobQueueArgs extends Omit<QueueArgs, Derived> {
  /** The job table. */
  table: { schema: string; name: string };
  /** Column that identifies a job. Default: "id". */
  idColumn?: string;
  /** Column with the job's status. Default: "status". */
  statusColumn?: string;
  /** The table's own words for the four states. Default: the names of the states. */
  statuses?: Record<"pending" | "processing" | "completed" | "failed", string>;
  /** Column whose higher values are worked on first. Default: none. */
  priorityColumn?: string;
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

/** A job table as a queue: claims, leases, retries, dead letters, and a wake-up on insert. The component's name is the queue's. */
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
    const trigger = new OnInsertTrigger(
      name,
      {
        queue: name,
        table,
        trigger: wake.trigger,
        function: wake.function,
        url: wake.url,
        ...(args.idColumn === undefined ? {} : { idColumn: args.idColumn }),
        ...(args.statusColumn === undefined ? {} : { statusColumn: args.statusColumn }),
        ...(args.priorityColumn === undefined ? {} : { priorityColumn: args.priorityColumn }),
        ...(args.statuses === undefined ? {} : { pending: args.statuses.pending }),
      },
      { parent: this, dependsOn: queue },
    );
    this.name = name;
    this.ready = [queue, trigger];
    this.registerOutputs();
  }
}
