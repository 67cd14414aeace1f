import * as pulumi from "@pulumi/pulumi";
import type { QueueCore } from "./components/queue-core.ts";
import type { Environment } from "./environment.ts";
import { Secret } from "./provider/sdk.ts";

/** What callers of an environment's workers present: one for all systems, since the variables of functions belong to the project. */
export function declareCronSecret(
  { names, secrets }: Pick<Environment, "names" | "secrets">,
  core: QueueCore | undefined,
  opts: pulumi.ComponentResourceOptions,
): Secret {
  return new Secret(
    "CRON_SECRET",
    {
      name: names.secret("CRON_SECRET"),
      value: secrets.cronSecret,
      description: "What callers of the workers present.",
    },
    {
      ...opts,
      dependsOn: core?.ready ?? [],
      // It belonged to the story system while no other had a worker.
      aliases: [{ parent: pulumi.createUrn("story", "jobstack:system:Story") }],
    },
  );
}
