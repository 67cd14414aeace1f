import type { QueueCore } from "../components/queue-core.ts";
import type { Environment } from "../environment.ts";
import type { Secret } from "../provider/sdk.ts";

/** What every system is deployed with. */
export interface SystemArgs<Config> {
  environment: Environment;
  config: Config;
  /** Undefined where another stack deploys it. */
  core: QueueCore | undefined;
  /** What callers of the workers present. */
  cronSecret: Secret;
}
