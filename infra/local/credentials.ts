import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeFileAtomically } from "./write-file-atomically.ts";

const schema = z.strictObject({
  accessToken: z.string(),
  cronSecret: z.string(),
  apiKeyEncryptionKey: z.string(),
  exporterPassword: z.string(),
});

/** The secrets of one local platform; made once, so that running `up` again changes nothing. */
export type Credentials = z.infer<typeof schema>;

/** Reads the credentials of a workspace, or makes them. */
export function ensureCredentials(dir: string): Credentials {
  const file = path.join(dir, "credentials.json");
  if (existsSync(file)) return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  const credentials: Credentials = {
    // The form that the Supabase CLI insists on.
    accessToken: `sbp_${randomBytes(20).toString("hex")}`,
    cronSecret: randomBytes(32).toString("base64url"),
    apiKeyEncryptionKey: randomBytes(32).toString("base64url"),
    exporterPassword: randomBytes(24).toString("base64url"),
  };
  writeFileAtomically(file, `${JSON.stringify(credentials, null, 2)}\n`);
  return credentials;
}
