import { z } from "zod";

/** Environment of the gateway's process. */
const settingsSchema = z.object({
  JOBSTACK_API_PORT: z.coerce
    .number("must be a port number")
    .int("must be a port number")
    .min(1, "must be from 1 to 65535")
    .max(65_535, "must be from 1 to 65535")
    .default(54_321)
    .describe("Port of the API on 127.0.0.1."),
  JOBSTACK_PLATFORM_DIR: z
    .string("must be set")
    .min(1, "must be set")
    .describe("Folder of the platform's state."),
  JOBSTACK_LOG_DIR: z.string("must be set").min(1, "must be set").describe("Folder of functions.log."),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(?:ql)?$/,
      error: "must be a URL such as postgresql://user:password@host:port/database",
    })
    .describe("What functions get as SUPABASE_DB_URL, and where database/query runs."),
  JOBSTACK_JWT_SECRET: z
    .string("must be set")
    .min(32, "must have at least 32 characters")
    .describe("Signs and checks the JWTs that functions are called with (HS256)."),
  JOBSTACK_PROJECT_REF: z
    .string("must be set")
    .regex(/^[a-z]{20}$/, "must be 20 lower-case letters")
    .describe("The project's reference, as in its URLs."),
  JOBSTACK_ACCESS_TOKEN: z
    .string("must be set")
    .regex(
      /^sbp_(?:v0_|oauth_)?[0-9a-f]{40}$/,
      'must be "sbp_" and 40 hexadecimal digits, as the Supabase CLI wants it',
    )
    .describe("Bearer token of the Management API."),
  JOBSTACK_API_RATE_LIMIT: z.coerce
    .number("must be a number of requests")
    .int("must be a whole number of requests")
    .min(0, "must be 0 or more")
    .default(120)
    .describe("Management API requests per minute; 0 for no limit. 120 is Supabase's."),
  JOBSTACK_FUNCTIONS_ALLOW_NET: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Hosts that functions may reach besides this machine, such as "api.example.com,example.org:8443".',
    ),
});

export type GatewaySettings = z.infer<typeof settingsSchema>;

/** Reads the environment. Throws one error that names every problem, and no value, as some are secret. */
export function readSettings(environment: NodeJS.ProcessEnv): GatewaySettings {
  const parsed = settingsSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(problems.join("\n"));
}
