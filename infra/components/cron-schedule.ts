import * as pulumi from "@pulumi/pulumi";
import { CronJob } from "../provider/sdk.ts";

export interface CronScheduleArgs {
  /** How often, e.g. "30 seconds" or "5 minutes". */
  every: string;
  /** The queue to look after: work that no wake-up announced is found, and its worker woken. */
  poll: string;
}

/** A schedule that backs up a queue's wake-ups. The component's name is the cron job's. */
export class CronSchedule extends pulumi.ComponentResource {
  constructor(name: string, args: CronScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:CronSchedule", name, {}, opts);
    const command = `select jobstack.poll('${args.poll.replaceAll("'", "''")}')`;
    new CronJob(name, { name, every: args.every, command }, { parent: this });
    this.registerOutputs();
  }
}
