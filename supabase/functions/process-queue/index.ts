// Deployed without verify_jwt: its callers present CRON_SECRET, or a token signed with it, instead of a user's token.
import { secretPair } from "../_shared/accepted-secrets.ts";
import { isolateLimitMs, onShutdown, waitUntil } from "../_shared/edge-runtime.ts";
import type { EnvironmentNames } from "../_shared/environment-names.ts";
import type { RequestHandler } from "../_shared/http.ts";
import { createOrderProcessing } from "../_shared/market/process-orders.ts";
import { openPostgres } from "../_shared/open-postgres.ts";
import { perEnvironment } from "../_shared/per-environment.ts";
import { requireEnv } from "../_shared/require-env.ts";
import { systemSchema } from "../_shared/system-schema.ts";
import { describeEvent, IsolateSlot, runObservedWorker, type WorkerEvent } from "../_shared/worker.ts";
import { createWorkerEndpoint } from "../_shared/worker-endpoint.ts";

const { query } = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "process-queue");

function createProcessor(names: EnvironmentNames): RequestHandler {
  const queue = names.object("market");
  const schema = systemSchema(Deno.env, names.secret("MARKET_SCHEMA"), names.schema("public"));
  const work = createOrderProcessing(query, schema);
  const onEvent = (event: WorkerEvent) => console.log(describeEvent(event));
  const slot = new IsolateSlot({
    start: (workUntil) => runObservedWorker({ queue, query, work, workUntil, onEvent }),
    limitMs: isolateLimitMs((name) => Deno.env.get(name)),
    // A slice takes well under a second, unless an application holds a lock.
    drainMs: 10_000,
    onEvent,
  });
  onShutdown(() => slot.stop());
  const secret = secretPair(Deno.env, names.secret("CRON_SECRET"));
  return createWorkerEndpoint({ queue, secret, nudge: () => slot.nudge(), waitUntil });
}

Deno.serve(perEnvironment("process-queue", createProcessor));
