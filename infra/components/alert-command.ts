import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error.ts";
import { findUrlProblem } from "./find-url-problem.ts";
import { sqlCall } from "./sql-call.ts";

/** One alert, all its parts known. Times are in seconds. */
export interface KnownAlert {
  name: string;
  queue: string;
  olderThanSeconds: number;
  moreThan: number;
  url?: string | undefined;
  urlSecret?: string | undefined;
  signSecret?: string | undefined;
  remindEverySeconds?: number | undefined;
  calmSeconds?: number | undefined;
}

/** The command that checks an alert. Throws a RunError with all problems of its settings. */
export function alertCommand(alert: KnownAlert): string {
  const problems = findProblems(alert);
  if (problems.length > 0) {
    const error = new UserError(`stuck-job alert "${alert.name}": its settings cannot be used`, problems);
    throw new pulumi.RunError(error.message);
  }
  return sqlCall("jobstack.check_stuck_jobs", {
    p_name: alert.name,
    p_queue: alert.queue,
    p_older_than: interval(alert.olderThanSeconds),
    p_more_than: alert.moreThan.toString(),
    p_url: alert.url,
    p_url_secret: alert.urlSecret,
    p_sign_secret: alert.signSecret,
    p_remind_every: interval(alert.remindEverySeconds),
    p_calm: interval(alert.calmSeconds),
  });
}

function findProblems({
  url,
  moreThan,
  olderThanSeconds,
  remindEverySeconds,
  calmSeconds,
}: KnownAlert): string[] {
  const times = { olderThanSeconds, remindEverySeconds, calmSeconds };
  const problems = Object.entries(times)
    .filter(([, value]) => value !== undefined && !(Number.isFinite(value) && value > 0))
    .map(([name, value]) => `${name}: ${value} is not usable; write seconds above zero`);
  if (!(Number.isInteger(moreThan) && moreThan >= 0)) {
    problems.push(`moreThan: ${moreThan} is not usable; write a whole number, 0 or more`);
  }
  const wrongUrl = url === undefined ? undefined : findUrlProblem(url);
  return wrongUrl === undefined ? problems : [...problems, `url: ${wrongUrl}`];
}

function interval(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds} seconds`;
}
