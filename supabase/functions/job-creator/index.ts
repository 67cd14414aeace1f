// Deployed with verify_jwt: the gateway has checked the user's token before a request gets here.
import { openPostgres } from "../_shared/open-postgres.ts";
import { perEnvironment } from "../_shared/per-environment.ts";
import { requireEnv } from "../_shared/require-env.ts";
import { storySchema } from "../_shared/story/story-schema.ts";
import { createJobCreator } from "./handler.ts";

const database = openPostgres(requireEnv(Deno.env, "SUPABASE_DB_URL"), "job-creator");
Deno.serve(
  perEnvironment("job-creator", (names) => createJobCreator(database, storySchema(Deno.env, names))),
);
