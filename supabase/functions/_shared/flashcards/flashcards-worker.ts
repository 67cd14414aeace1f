import { isolateLimitMs } from "../edge-runtime.ts";
import type { EnvironmentNames } from "../environment-names.ts";
import { geminiService } from "../generator/gemini-service.ts";
import { requireEnv } from "../require-env.ts";
import { describeEvent, type Query, type WorkerSlotOptions } from "../worker.ts";
import { type FileStore, openFileStore } from "./file-store.ts";
import { flashcardsSchema } from "./flashcards-schema.ts";
import { createCardsHandler } from "./make-cards.ts";
import type { Material } from "./read-file.ts";

export interface FlashcardsWorkerParts {
  readonly env: { get(name: string): string | undefined };
  readonly names: EnvironmentNames;
  readonly query: Query;
  readonly read: (name: string, bytes: Uint8Array) => Promise<Material>;
}

/** The files of the project that the functions run in. */
export function projectFiles(env: FlashcardsWorkerParts["env"]): FileStore {
  return openFileStore({
    url: requireEnv(env, "SUPABASE_URL"),
    serviceKey: requireEnv(env, "SUPABASE_SERVICE_ROLE_KEY"),
    timeoutMs: 20_000,
  });
}

/** The worker of an environment's flashcards queue, as both of its functions run it in an isolate. */
export function flashcardsWorker({ env, names, query, read }: FlashcardsWorkerParts) {
  const secret = (name: string) => env.get(names.secret(name));
  return {
    queue: names.object("flashcards"),
    query,
    handler: createCardsHandler({
      query,
      schema: flashcardsSchema(env, names),
      buckets: { ingest: names.object("ingest"), thumbnails: names.object("thumbnails") },
      files: projectFiles(env),
      read,
      gemini: {
        ...geminiService({
          baseUrl: secret("FLASHCARDS_GENERATOR_URL"),
          model: secret("FLASHCARDS_GENERATOR_MODEL"),
        }),
        apiKey: requireEnv(env, names.secret("FLASHCARDS_GENERATOR_KEY")),
      },
    }),
    // One image in memory at a time: two large ones would not fit into an isolate's 256 MB.
    concurrency: 1,
    batch: 1,
    jobTimeoutMs: 60_000,
    // More than a job's time: the runtime announces the end of an isolate some time before it comes.
    drainMs: 75_000,
    limitMs: isolateLimitMs((name) => env.get(name)),
    onEvent: (event) => console.log(describeEvent(event)),
  } satisfies WorkerSlotOptions;
}
