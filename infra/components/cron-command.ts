import * as pulumi from "@pulumi/pulumi";
import pg from "pg";
import { UserError } from "../user-error.ts";
import { findUrlProblem } from "./find-url-problem.ts";
import { sqlCall } from "./sql-call.ts";

/** One call of an Edge Function, all its parts known. */
export interface KnownCall {
  /** Name of the schedule. */
  name: string;
  url: string;
  /** Name of the Vault secret; undefined presents nothing. */
  secret?: string | undefined;
  /** Whom a signed token is for; undefined presents the secret itself. */
  audience?: string | undefined;
  body?: Record<string, unknown> | undefined;
  headers?: Record<string, string> | undefined;
  timeoutMs?: number | undefined;
}

/** The command that looks after a queue. */
export function pollCommand(queue: string): string {
  return `select jobstack.poll(${pg.escapeLiteral(queue)})`;
}

/** The command that calls an Edge Function. Throws a RunError with all problems of the call. */
export function callCommand(call: KnownCall): string {
  const problems = findProblems(call);
  if (problems.length > 0) {
    const error = new UserError(`cron schedule "${call.name}": its call cannot be made`, problems);
    throw new pulumi.RunError(error.message);
  }
  const { name, url, secret, audience, body, headers, timeoutMs } = call;
  return sqlCall("jobstack.call_function", {
    p_name: name,
    p_url: url,
    p_secret: secret,
    p_audience: audience,
    p_body: body && JSON.stringify(body),
    p_headers: headers && JSON.stringify(headers),
    p_timeout_ms: timeoutMs?.toString(),
  });
}

function findProblems({ url, headers = {}, timeoutMs }: KnownCall): string[] {
  const problems = Object.keys(headers)
    .filter((header) => ["authorization", "content-type"].includes(header.toLowerCase()))
    .map((header) => `headers.${header}: is set by Jobstack; ${headerHint(header)}`);
  const wrongUrl = findUrlProblem(url);
  if (wrongUrl !== undefined) problems.push(`url: ${wrongUrl}`);
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0)) {
    problems.push(`timeoutMs: ${timeoutMs} is not usable; write whole milliseconds above zero`);
  }
  return problems;
}

function headerHint(header: string): string {
  return header.toLowerCase() === "authorization" ? "give secret and auth instead" : "leave it out";
}
