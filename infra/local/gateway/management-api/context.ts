import type { ProjectFacts } from "../functions/function-environment.ts";
import type { FunctionHost } from "../functions/function-host.ts";
import type { PlatformStore } from "../store.ts";

/** What the routes of the Management API work on. */
export interface ManagementContext {
  store: PlatformStore;
  host: FunctionHost;
  project(): ProjectFacts;
  accessToken: string;
  /** Requests per minute; 0 for no limit. */
  rateLimit: number;
  denoDirectory: string;
  /** Environment in which imports are downloaded. */
  environment: NodeJS.ProcessEnv;
  /** Aborted when the server closes. */
  closing: AbortSignal;
}
