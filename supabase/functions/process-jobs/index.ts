// Deployed without verify_jwt: its callers present CRON_SECRET, or a token signed with it, instead of a user's token.
import { secretPair } from "../_shared/accepted-secrets.ts";
import { isolateLimitMs, onShutdown, waitUntil } from "../_shared/edge-runtime.ts";
import type { EnvironmentNames } from "../_shared/environment-names.ts";
import type { RequestHandler } from "../_shared/http.ts";
import { openPostgres } from "../_shared/open-postgres.ts";
import { createPackHandler } from "../_shared/packs/pack-handler.ts";
import { packsSchema } from "../_shared/packs/packs-schema.ts";
import { perEnvironment } from "../_shared/per-environment.ts";
import { requireEnv } from "../_shared/require-env.ts";
import { describeEvent, WorkerSlot } from "../_shared/worker.ts";
import { createWorkerEndpoint } from "../_shared/worker-endpoint.ts";

const { query } = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "process-jobs");

function createWorker(names: EnvironmentNames): RequestHandler {
  const queue = names.object("packs");
  const secret = secretPair(Deno.env, names.secret("CRON_SECRET"));
  const slot = new WorkerSlot({
    queue,
    query,
    handler: createPackHandler({
      query,
      schema: packsSchema(Deno.env, names),
      application: {
        baseUrl: requireEnv(Deno.env, names.secret("NEXT_PUBLIC_APP_URL")),
        secret: secret.current ?? "",
        timeoutMs: 60_000,
        fetch,
      },
    }),
    // Jobs wait for the application nearly all their time.
    concurrency: 10,
    jobTimeoutMs: 70_000,
    // More than a job's time: the runtime announces the end of an isolate some time before it comes.
    drainMs: 80_000,
    limitMs: isolateLimitMs((name) => Deno.env.get(name)),
    onEvent: (event) => console.log(describeEvent(event)),
  });
  onShutdown(() => slot.stop());
  return createWorkerEndpoint({ queue, secret, nudge: () => slot.nudge(), waitUntil });
}

Deno.serve(perEnvironment("process-jobs", createWorker));
