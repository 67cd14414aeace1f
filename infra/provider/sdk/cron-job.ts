import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface CronJobArgs {
  /** Name of the job in `cron.job`. A change replaces the resource. */
  name: pulumi.Input<string>;
  /**
   * Five-field crontab in the server's cron time zone (GMT unless set), or "@hourly", "@daily" ... "$" for the day is the
   * last of the month and needs pg_cron 1.5. Give this or `every`.
   */
  schedule?: pulumi.Input<string> | undefined;
  /** Interval such as "30 seconds", "5 minutes", "1 hour". Under a minute needs pg_cron 1.5 or a divisor of 60 seconds. */
  every?: pulumi.Input<string> | undefined;
  /** SQL to run. No secret belongs here: everyone who may read `cron.job` sees it. */
  command: pulumi.Input<string>;
  /** False keeps the job and does not run it. Default: true. */
  active?: pulumi.Input<boolean> | undefined;
  /** Database to run in. Default: the database of the provider. */
  database?: pulumi.Input<string> | undefined;
  /** Take over a job of this name that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A job of pg_cron, of the role that deploys. A preview says when it runs next. Import id: the job's name. */
export class CronJob extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: CronJobArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:CronJob", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
