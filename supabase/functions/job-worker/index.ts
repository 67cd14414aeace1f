// Deployed without verify_jwt: its callers present CRON_SECRET, or a token signed with it, instead of a user's token.
import { secretPair } from "../_shared/accepted-secrets.ts";
import { isolateLimitMs, onShutdown, waitUntil } from "../_shared/edge-runtime.ts";
import type { EnvironmentNames } from "../_shared/environment-names.ts";
import { geminiService } from "../_shared/generator/gemini-service.ts";
import type { RequestHandler } from "../_shared/http.ts";
import { openPostgres } from "../_shared/open-postgres.ts";
import { perEnvironment } from "../_shared/per-environment.ts";
import { requireEnv } from "../_shared/require-env.ts";
import { createStoryHandler } from "../_shared/story/generate-story.ts";
import { storySchema } from "../_shared/story/story-schema.ts";
import { describeEvent, WorkerSlot } from "../_shared/worker.ts";
import { createWorkerEndpoint } from "../_shared/worker-endpoint.ts";

const { query } = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "job-worker");

function createWorker(names: EnvironmentNames): RequestHandler {
  const env = (name: string) => Deno.env.get(names.secret(name));
  const queue = names.object("story");
  const slot = new WorkerSlot({
    queue,
    query,
    handler: createStoryHandler({
      query,
      schema: storySchema(Deno.env, names),
      gemini: geminiService({ baseUrl: env("GEMINI_BASE_URL"), model: env("GEMINI_MODEL") }),
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
  const secret = secretPair(Deno.env, names.secret("CRON_SECRET"));
  return createWorkerEndpoint({ queue, secret, nudge: () => slot.nudge(), waitUntil });
}

Deno.serve(perEnvironment("job-worker", createWorker));
