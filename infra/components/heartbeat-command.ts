import * as pulumi from "@pulumi/pulumi";
import { findUrlProblem } from "./find-url-problem.ts";
import { sqlCall } from "./sql-call.ts";

/** One heartbeat, all its parts known: its address, or the name of the Vault secret that holds it. */
export interface KnownHeartbeat {
  name: string;
  url?: string | undefined;
  urlSecret?: string | undefined;
}

/** The command that sends a heartbeat. Throws a RunError when its address is none. */
export function heartbeatCommand({ name, url, urlSecret }: KnownHeartbeat): string {
  const problem = url === undefined ? undefined : findUrlProblem(url);
  if (problem !== undefined) throw new pulumi.RunError(`heartbeat "${name}": its url ${problem}`);
  return sqlCall("jobstack.send_heartbeat", { p_name: name, p_url: url, p_url_secret: urlSecret });
}
