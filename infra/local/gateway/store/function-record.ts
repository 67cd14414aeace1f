import { randomUUID } from "node:crypto";
import { z } from "zod";

/** A deployed function, in the words of the Management API; times are milliseconds since 1970. */
export const functionRecordSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.literal("ACTIVE"),
  version: z.number().int(),
  created_at: z.number(),
  updated_at: z.number(),
  verify_jwt: z.boolean(),
  entrypoint_path: z.string(),
  import_map: z.boolean(),
  import_map_path: z.string(),
  static_patterns: z.array(z.string()),
  ezbr_sha256: z.string(),
  /** Name of the folder of this version's code below `functions/<slug>`. */
  directory: z.string(),
});

export type FunctionRecord = z.infer<typeof functionRecordSchema>;

/** What a deploy provides; name and verify_jwt fall back to the deployed function's. */
export interface FunctionDraft {
  slug: string;
  directory: string;
  name: string | undefined;
  verifyJwt: boolean | undefined;
  entrypointPath: string;
  importMapPath: string;
  staticPatterns: string[];
  sha256: string;
}

/** The next version of a function: a deploy on top of what is live, if anything is. */
export function recordOf(draft: FunctionDraft, live: FunctionRecord | undefined): FunctionRecord {
  const now = Date.now();
  return {
    id: live?.id ?? randomUUID(),
    slug: draft.slug,
    name: draft.name ?? live?.name ?? draft.slug,
    status: "ACTIVE",
    version: (live?.version ?? 0) + 1,
    created_at: live?.created_at ?? now,
    updated_at: now,
    verify_jwt: draft.verifyJwt ?? live?.verify_jwt ?? true,
    entrypoint_path: draft.entrypointPath,
    import_map: draft.importMapPath !== "",
    import_map_path: draft.importMapPath,
    static_patterns: draft.staticPatterns,
    ezbr_sha256: draft.sha256,
    directory: draft.directory,
  };
}
