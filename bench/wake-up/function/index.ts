// The worker that is measured: its handler does nothing but look at the clock. Runs on Deno, as any function does.
import { secretPair } from "../../../supabase/functions/_shared/accepted-secrets.ts";
import { waitUntil } from "../../../supabase/functions/_shared/edge-runtime.ts";
import { openPostgres } from "../../../supabase/functions/_shared/open-postgres.ts";
import { requireEnv } from "../../../supabase/functions/_shared/require-env.ts";
import { WorkerSlot } from "../../../supabase/functions/_shared/worker.ts";
import { createWorkerEndpoint } from "../../../supabase/functions/_shared/worker-endpoint.ts";

const { query } = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "bench worker");

const slot = new WorkerSlot({
  queue: "job",
  query,
  handler: async () => ({ at: performance.timeOrigin + performance.now() }),
  limitMs: Number.POSITIVE_INFINITY,
  drainMs: 0,
});

Deno.serve(
  createWorkerEndpoint({
    queue: "job",
    secret: secretPair(Deno.env, "CRON_SECRET"),
    nudge: () => slot.nudge(),
    waitUntil,
  }),
);
