// Deployed without verify_jwt: its callers present CRON_SECRET, or a token signed with it, instead of a user's token.
import { secretPair } from "../_shared/accepted-secrets.ts";
import { onShutdown, waitUntil } from "../_shared/edge-runtime.ts";
import type { EnvironmentNames } from "../_shared/environment-names.ts";
import { flashcardsSchema } from "../_shared/flashcards/flashcards-schema.ts";
import { flashcardsWorker, projectFiles } from "../_shared/flashcards/flashcards-worker.ts";
import { readUpload } from "../_shared/flashcards/read-upload.ts";
import { sweepThumbnails } from "../_shared/flashcards/sweep-thumbnails.ts";
import type { RequestHandler } from "../_shared/http.ts";
import { openPostgres } from "../_shared/open-postgres.ts";
import { perEnvironment } from "../_shared/per-environment.ts";
import { requireEnv } from "../_shared/require-env.ts";
import { createCronTick } from "./handler.ts";
import { TickWorker } from "./tick-worker.ts";

const { query } = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "cron-tick");

function createTick(names: EnvironmentNames): RequestHandler {
  const schema = flashcardsSchema(Deno.env, names);
  const bucket = names.object("thumbnails");
  const worker = new TickWorker({
    ...flashcardsWorker({ env: Deno.env, names, query, read: readUpload }),
    schema,
    sweep: () => sweepThumbnails({ query, schema, bucket, files: projectFiles(Deno.env) }),
  });
  onShutdown(() => worker.stop());
  return createCronTick({
    audience: names.object("cron-tick"),
    secret: secretPair(Deno.env, names.secret("CRON_SECRET")),
    work: (tick) => worker.work(tick),
    waitUntil,
  });
}

Deno.serve(perEnvironment("cron-tick", createTick));
