import { z } from "zod";
import { UserError } from "./user-error.ts";

const seconds = z.number().int().positive();

const story = z
  .strictObject({
    generatorUrl: z
      .url()
      .default("https://generativelanguage.googleapis.com")
      .describe(
        "Base URL of the generator's HTTP API, in Gemini's format. `local` uses its stand-in instead.",
      ),
    generatorModel: z
      .string()
      .min(1)
      .default("gemini-2.5-flash")
      .describe("The generator's model, as it stands in the request path."),
    pollEvery: z
      .string()
      .default("30 seconds")
      .describe("How often the cron job `job-worker-poll` looks for work that a wake-up missed."),
    maxAttempts: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe("Runs of one job before it is dead-lettered, the first included."),
    leaseSeconds: seconds
      .default(60)
      .describe("How long a claimed job belongs to its worker without a heartbeat, in seconds."),
    stuckAfterSeconds: seconds
      .default(300)
      .describe("How long a job may be processing before it counts as stuck, in seconds."),
  })
  .describe("The `story` system: users' stories written in the background.");

const schema = z
  .strictObject({
    environment: z
      .enum(["local", "staging", "production"])
      .describe("Which environment this stack is. `local` takes its connection from the running platform."),
    projectRef: z
      .string()
      .regex(/^[a-z]{20}$/, "write the 20 lower-case letters after /project/ in the dashboard's address")
      .optional()
      .describe("The Supabase project. Required except for `local`."),
    apiUrl: z.url().default("https://api.supabase.com").describe("Base URL of Supabase's Management API."),
    lockTimeout: z
      .string()
      .default("3s")
      .describe("How long a deployment may wait for a lock on a database object, as Postgres writes it."),
    statementTimeout: z
      .string()
      .default("60s")
      .describe("How long one statement of a deployment may run, as Postgres writes it."),
    story: story.optional().describe("The `story` system; left out, it is not deployed."),
    databaseUrl: z.literal(secretMark()).optional().describe("Secret. Postgres URL of role `postgres`."),
    accessToken: z.literal(secretMark()).optional().describe("Secret. Supabase access token (`sbp_...`)."),
    cronSecret: z
      .literal(secretMark())
      .optional()
      .describe("Secret. What callers of the workers present; the same in Vault and in the functions."),
    apiKeyEncryptionKey: z
      .literal(secretMark())
      .optional()
      .describe("Secret. Encrypts users' API keys at rest, 32 random bytes or more."),
    exporterPassword: z
      .literal(secretMark())
      .optional()
      .describe("Secret. Password of the database role `jobstack_exporter`."),
  })
  .superRefine((config, context) => {
    if (config.environment === "local") return;
    for (const key of ["projectRef", ...secretKeys] as const) {
      if (config[key] === undefined) context.addIssue({ code: "custom", path: [key], message: hint(key) });
    }
  });

/** Settings that are secret: their values go from Pulumi's configuration to the resources and are never parsed here. */
export const secretKeys = [
  "databaseUrl",
  "accessToken",
  "cronSecret",
  "apiKeyEncryptionKey",
  "exporterPassword",
] as const;

export type SecretKey = (typeof secretKeys)[number];
export type StackConfig = z.infer<typeof schema>;
export type StoryConfig = z.infer<typeof story>;

export { schema as stackSchema };

/** Stands for a secret's value, so that presence can be checked without the value. */
export function secretMark() {
  return "[secret]" as const;
}

/**
 * Checks the configuration of one stack.
 * `raw` maps keys without their `jobstack:` prefix to values; secret ones to `secretMark()`.
 * Throws one UserError that names every problem with its path.
 */
export function parseConfig(stack: string, raw: Record<string, unknown>): StackConfig {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(describeIssue);
  throw new UserError(`stack "${stack}": invalid configuration in Pulumi.${stack}.yaml`, problems);
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `jobstack:${[...issue.path, key].join(".")}: unknown setting; remove it`);
  }
  const where = issue.path[0] === undefined ? "jobstack" : `jobstack:${issue.path.join(".")}`;
  return [`${where}: ${issue.message}`];
}

function hint(key: string): string {
  const secret = (secretKeys as readonly string[]).includes(key);
  return `missing; set it with: pulumi config set ${secret ? "--secret " : ""}jobstack:${key} ...`;
}
