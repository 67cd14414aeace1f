import * as pulumi from "@pulumi/pulumi";
import { CronJob } from "../provider/sdk.ts";
import { callCommand, pollCommand } from "./cron-command.ts";
import { FunctionCall } from "./function-call.ts";
import type { JobQueue } from "./job-queue.ts";
import { wasImported } from "./was-imported.ts";
import { withoutSecret } from "./without-secret.ts";

/** When a schedule runs: exactly one of both. */
export type Timing =
  | {
      /** How often, e.g. "30 seconds" or "5 minutes". */
      every: pulumi.Input<string>;
      schedule?: never;
    }
  | {
      /** Five-field crontab in the server's cron time zone (GMT unless set), or "@hourly", "@daily" ... */
      schedule: pulumi.Input<string>;
      every?: never;
    };

/** What a schedule does: a statement, a look after a queue, or a call of a function from `EdgeFunctions.call()`. */
export type ScheduledCall =
  | {
      /** Statement to run. */
      sql: pulumi.Input<string>;
      poll?: never;
    }
  | {
      /** Queue to look after: work that no wake-up announced is found, and its worker woken. */
      poll: JobQueue;
      sql?: never;
    }
  | FunctionCall;

export type CronScheduleArgs = Timing & {
  call: ScheduledCall;
  /** False keeps the schedule and does not run it. Default: true. */
  active?: pulumi.Input<boolean>;
  /** Take over a cron job of this name that exists already. Default: false. */
  adopt?: pulumi.Input<boolean>;
};

/** Something that happens again and again, by pg_cron. The component's name is the cron job's. */
export class CronSchedule extends pulumi.ComponentResource {
  constructor(name: string, args: CronScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:CronSchedule", name, {}, opts);
    const { call, ...settings } = args;
    const command = withoutSecret(`cron schedule "${name}": its command`, commandOf(name, call));
    new CronJob(
      name,
      { ...settings, name, command },
      { parent: this, dependsOn: dependenciesOf(call), ...wasImported },
    );
    this.registerOutputs();
  }
}

function commandOf(name: string, call: ScheduledCall): pulumi.Output<string> {
  if (call instanceof FunctionCall) return functionCommand(name, call);
  return pulumi.output(call.poll === undefined ? call.sql : pollCommand(call.poll.name));
}

function functionCommand(name: string, { target, url, options }: FunctionCall): pulumi.Output<string> {
  const { auth = "signed", secret, audience, body, headers, timeoutMs } = options;
  const checked = auth === "signed" ? (audience ?? target.slug) : undefined;
  return pulumi.output({ name, url, secret, audience: checked, body, headers, timeoutMs }).apply(callCommand);
}

function dependenciesOf(call: ScheduledCall): pulumi.Resource[] {
  if (call instanceof FunctionCall) return [call.target];
  return call.poll === undefined ? [] : call.poll.ready;
}
