// Deployed without verify_jwt: its callers present CRON_SECRET, or a token signed with it, instead of a user's token.
import { secretPair } from "../_shared/accepted-secrets.ts";
import { isolateLimitMs, onShutdown, waitUntil } from "../_shared/edge-runtime.ts";
import { openPostgres } from "../_shared/open-postgres.ts";
import { requireEnv } from "../_shared/require-env.ts";
import { createStoryHandler } from "../_shared/story/generate-story.ts";
import { describeEvent, WorkerSlot } from "../_shared/worker.ts";
import { createJobWorker } from "./handler.ts";

const queue = "story";
const { query } = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "job-worker");

const slot = new WorkerSlot({
  queue,
  query,
  handler: createStoryHandler({
    query,
    gemini: {
      baseUrl: Deno.env.get("GEMINI_BASE_URL") ?? "https://generativelanguage.googleapis.com",
      model: Deno.env.get("GEMINI_MODEL") ?? "gemini-2.5-flash",
      timeoutMs: 40_000,
      fetch,
    },
  }),
  // Jobs wait for the generator nearly all their time, so many fit into one isolate.
  concurrency: 20,
  jobTimeoutMs: 45_000,
  // More than a job's time: the runtime announces the end of an isolate some time before it comes.
  drainMs: 60_000,
  limitMs: isolateLimitMs((name) => Deno.env.get(name)),
  onEvent: (event) => console.log(describeEvent(event)),
});

onShutdown(() => slot.stop());
Deno.serve(
  createJobWorker({
    queue,
    secret: secretPair(Deno.env, "CRON_SECRET"),
    nudge: () => slot.nudge(),
    waitUntil,
  }),
);
