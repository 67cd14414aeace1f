import * as pulumi from "@pulumi/pulumi";
import { CronJob } from "../provider/sdk.ts";
import { alertCommand } from "./alert-command.ts";
import type { Timing } from "./cron-schedule.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Webhook } from "./webhook.ts";
import { withoutSecret } from "./without-secret.ts";

export type StuckJobAlertArgs = Webhook &
  (Timing | { every?: never; schedule?: never }) & {
    /** The queue to look at. */
    queue: JobQueue;
    /** A job that has been waiting, or in work, for longer than this is stuck. */
    olderThanSeconds: pulumi.Input<number>;
    /** Stuck jobs that are not worth a message yet. */
    moreThan: pulumi.Input<number>;
    /** Name of the Vault secret that signs the messages, in the way of Standard Webhooks. Default: they are not signed. */
    signSecret?: pulumi.Input<string>;
    /** How long after a message another one says that it goes on. Default: 14400, four hours. */
    remindEverySeconds?: pulumi.Input<number>;
    /** How long no check may have found too many before it is over. Default: 60. */
    calmSeconds?: pulumi.Input<number>;
    /** Take over a cron job of this name that exists already. Default: false. */
    adopt?: pulumi.Input<boolean>;
  };

/**
 * Tells a webhook when too many jobs of a queue are stuck: once when it begins, again while it lasts, once when it is
 * over, each until it is taken. By the database alone. Checked hourly by default. The component's name is the cron job's.
 */
export class StuckJobAlert extends pulumi.ComponentResource {
  constructor(name: string, args: StuckJobAlertArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:StuckJobAlert", name, {}, opts);
    const { queue, every, schedule, adopt, ...settings } = args;
    const timing = every === undefined ? { schedule: schedule ?? "0 * * * *" } : { every };
    const command = pulumi.output({ ...settings, name, queue: queue.name }).apply(alertCommand);
    new CronJob(
      name,
      { ...timing, name, command: withoutSecret(`stuck-job alert "${name}": its command`, command), adopt },
      { parent: this, dependsOn: queue.ready },
    );
    this.registerOutputs();
  }
}
