// Deployed without verify_jwt: its callers present CRON_SECRET, or a token signed with it, instead of a user's token.
import { secretPair } from "../_shared/accepted-secrets.ts";
import { onShutdown, waitUntil } from "../_shared/edge-runtime.ts";
import type { EnvironmentNames } from "../_shared/environment-names.ts";
import { flashcardsWorker } from "../_shared/flashcards/flashcards-worker.ts";
import { readUpload } from "../_shared/flashcards/read-upload.ts";
import type { RequestHandler } from "../_shared/http.ts";
import { openPostgres } from "../_shared/open-postgres.ts";
import { perEnvironment } from "../_shared/per-environment.ts";
import { requireEnv } from "../_shared/require-env.ts";
import { WorkerSlot } from "../_shared/worker.ts";
import { createWorkerEndpoint } from "../_shared/worker-endpoint.ts";

const { query } = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "worker-pull");

function createWorker(names: EnvironmentNames): RequestHandler {
  const worker = flashcardsWorker({ env: Deno.env, names, query, read: readUpload });
  const slot = new WorkerSlot(worker);
  onShutdown(() => slot.stop());
  const secret = secretPair(Deno.env, names.secret("CRON_SECRET"));
  return createWorkerEndpoint({ queue: worker.queue, secret, nudge: () => slot.nudge(), waitUntil });
}

Deno.serve(perEnvironment("worker-pull", createWorker));
