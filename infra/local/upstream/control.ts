import { z } from "zod";

const schema = z.strictObject({
  latencyMs: z
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe("How long every answer takes, in milliseconds."),
  failEvery: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe("Every n-th request fails; 1 = all of them, 0 = none."),
  status: z.number().int().min(400).max(599).default(503).describe("The HTTP status of those failures."),
  retryAfterSeconds: z
    .number()
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe("The Retry-After header of those failures; null = none."),
});

/** How the stand-in behaves. */
export type Control = z.infer<typeof schema>;

/** Reads new settings; what is left out returns to its default. Throws an Error that lists all problems. */
export function parseControl(body: unknown): Control {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  throw Object.assign(new Error(`control: ${problems.join("; ")}`), { statusCode: 400 });
}
