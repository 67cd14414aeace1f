import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { UserError } from "../user-error.ts";
import { writeFileAtomically } from "./write-file-atomically.ts";

const schema = z.strictObject({
  projectRef: z.string(),
  databaseUrl: z.string(),
  apiUrl: z.string(),
  generatorUrl: z.string(),
  accessToken: z.string(),
  cronSecret: z.string(),
  apiKeyEncryptionKey: z.string(),
  exporterPassword: z.string(),
});

/** How a deployment reaches the running local platform: what the other environments keep in their stack settings. */
export type PlatformFile = z.infer<typeof schema>;

const fileOf = (dir: string) => path.join(dir, "platform.json");

export function writePlatformFile(dir: string, platform: PlatformFile): void {
  writeFileAtomically(fileOf(dir), `${JSON.stringify(platform, null, 2)}\n`);
}

/** Throws a UserError when no platform was brought up in this folder. */
export function readPlatformFile(dir: string): PlatformFile {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dir), "utf8")));
  } catch (cause) {
    throw new UserError('stack "local": no platform has been started here; run "npm run up" first', [], {
      cause,
    });
  }
}
