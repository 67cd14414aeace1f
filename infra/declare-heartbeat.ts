import type * as pulumi from "@pulumi/pulumi";
import { Heartbeat } from "./components/heartbeat.ts";
import type { QueueCore } from "./components/queue-core.ts";
import type { Environment } from "./environment.ts";
import { VaultSecret } from "./provider/sdk.ts";

/** The database's sign of life, where the settings say who listens. Its address is known to Vault alone. */
export function declareHeartbeat(
  { heartbeatUrl }: Pick<Environment, "heartbeatUrl">,
  core: QueueCore | undefined,
  opts: pulumi.ComponentResourceOptions,
): void {
  if (heartbeatUrl === undefined || core === undefined) return;
  const secret = new VaultSecret(
    "HEARTBEAT_URL",
    {
      name: "HEARTBEAT_URL",
      value: heartbeatUrl,
      description: "Who is told every minute that the database is alive.",
    },
    { ...opts, dependsOn: core.ready },
  );
  new Heartbeat("jobstack-heartbeat", { core, urlSecret: secret.name }, opts);
}
