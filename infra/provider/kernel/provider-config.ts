import { z } from "zod";

const duration = z
  .string()
  .regex(/^[1-9]\d*(ms|s|min)$/, 'must be a duration as Postgres writes it; write "500ms", "3s" or "2min"');

/** The inputs of the provider itself. */
export const providerConfigSchema = z.strictObject({
  databaseUrl: z
    .string()
    .regex(
      /^postgres(ql)?:\/\/[^/]+\/[^/]+/,
      "must be a connection string with host and database; write postgresql://user:password@host:5432/database",
    )
    .describe("connection string of the database that holds the jobs"),
  projectRef: z
    .string()
    .regex(
      /^[a-z]{20}$/,
      "must be the 20 lower-case letters of a Supabase project; copy them from the project's address",
    )
    .optional()
    .describe("Supabase project of the Edge Functions"),
  accessToken: z.string().min(1, "must not be empty").optional().describe("token of the Management API"),
  apiUrl: z
    .url({ protocol: /^https?$/, error: "must be an http or https address; write https://api.supabase.com" })
    .default("https://api.supabase.com")
    .describe("base address of the Management API"),
  apiTimeout: duration
    .default("30s")
    .describe("how long one answer of the Management API may take; that to a deploy, ten times as long"),
  lockTimeout: duration.default("3s").describe("how long a change waits for a lock before it is tried again"),
  statementTimeout: duration.default("60s").describe("upper limit of one statement"),
});

export type ProviderConfig = z.infer<typeof providerConfigSchema>;

/** Of a duration as these settings have it. */
export function millisecondsOf(text: string): number {
  const units: Record<string, number> = { ms: 1, s: 1_000, min: 60_000 };
  const unit = text.replace(/^\d+/, "");
  return Number.parseInt(text, 10) * (units[unit] ?? Number.NaN);
}

/** Secret whatever the program says. */
export const SECRET_SETTINGS: readonly string[] = ["databaseUrl", "accessToken"];

/** What must appear in no message: the settings themselves and the password within the connection string. */
export function secretsOfConfig(config: ProviderConfig): string[] {
  const secrets = [config.databaseUrl, config.accessToken ?? ""];
  if (!URL.canParse(config.databaseUrl)) return secrets;
  const url = new URL(config.databaseUrl);
  // A password equal to the user name protects nothing, and would blank out the name in every message.
  if (url.password !== url.username) secrets.push(url.password, decodeURIComponent(url.password));
  return secrets;
}
