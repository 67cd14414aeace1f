import * as pulumi from "@pulumi/pulumi";
import { CronJob } from "../provider/sdk.ts";
import type { Timing } from "./cron-schedule.ts";
import { heartbeatCommand } from "./heartbeat-command.ts";
import type { QueueCore } from "./queue-core.ts";
import type { Webhook } from "./webhook.ts";
import { withoutSecret } from "./without-secret.ts";

export type HeartbeatArgs = Webhook &
  (Timing | { every?: never; schedule?: never }) & {
    /** The core whose tick must run. */
    core: QueueCore;
    /** Take over a cron job of this name that exists already. Default: false. */
    adopt?: pulumi.Input<boolean>;
  };

/**
 * A sign of life of the database, every minute by default, for a service that raises an alarm when it stays away: then
 * pg_cron, the tick or pg_net does not work, and no message of a `StuckJobAlert` would arrive. The component's name is
 * the cron job's.
 */
export class Heartbeat extends pulumi.ComponentResource {
  constructor(name: string, args: HeartbeatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:Heartbeat", name, {}, opts);
    const { core, every, schedule, adopt, ...address } = args;
    const timing = schedule === undefined ? { every: every ?? "1 minute" } : { schedule };
    const command = pulumi.output({ ...address, name }).apply(heartbeatCommand);
    new CronJob(
      name,
      { ...timing, name, command: withoutSecret(`heartbeat "${name}": its command`, command), adopt },
      { parent: this, dependsOn: core.ready },
    );
    this.registerOutputs();
  }
}
