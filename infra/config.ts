import { z } from "zod";
import { alertSettings } from "../alerts/settings.ts";
import { UserError } from "./user-error.ts";

const prefix = "jobstack:";

const secret = z.literal(secretMark());
const seconds = z.number().int().positive();

/** Where a system's objects live. */
function schemaSetting(usual: string) {
  return z
    .string()
    .regex(
      /^[a-z_][a-z0-9_]{0,49}$/,
      "must be lower-case letters, digits and _, at most 50, and no digit first",
    )
    .default(usual)
    .describe("Schema of the system's objects. A guest's gets its environment's name behind it.");
}

/** When a webhook hears of a system's stuck jobs. */
function stuckAlertSetting(usual: { olderThanSeconds: number; moreThan: number }) {
  return z
    .strictObject({
      webhookUrl: z
        .url()
        .optional()
        .describe(
          "Where the messages go; whoever may read `cron.job` sees it. Required except for `local`, whose stand-in takes them.",
        ),
      olderThanSeconds: seconds
        .default(usual.olderThanSeconds)
        .describe("How long a job waits, or is worked on, before it is stuck, in seconds."),
      moreThan: z
        .number()
        .int()
        .min(0)
        .default(usual.moreThan)
        .describe("Stuck jobs that are not worth a message yet."),
      schedule: z.string().default("0 * * * *").describe("When to look, as crontab."),
    })
    .optional()
    .describe("Messages to a webhook while jobs are stuck; left out, there are none.");
}

const generatorUrl = z
  .url()
  .default("https://generativelanguage.googleapis.com")
  .describe("Base URL of the generator's HTTP API, in Gemini's format. `local` uses its stand-in instead.");
const generatorModel = z
  .string()
  .min(1)
  .default("gemini-2.5-flash")
  .describe("The generator's model, as it stands in the request path.");
const maxAttempts = z
  .number()
  .int()
  .min(1)
  .max(100)
  .default(3)
  .describe("Runs of one job before it is dead-lettered, the first included.");
const leaseSeconds = seconds
  .default(60)
  .describe("How long a claimed job belongs to its worker without a heartbeat, in seconds.");
const stuckAfterSeconds = seconds
  .default(300)
  .describe("How long a job may be processing before it counts as stuck, in seconds.");

const story = z
  .strictObject({
    schema: schemaSetting("story"),
    generatorUrl,
    generatorModel,
    pollEvery: z
      .union([z.string(), z.literal(false)])
      .default("30 seconds")
      .describe(
        "How often the cron job `job-worker-poll` looks for jobs that the trigger missed. `false`: never; such jobs, inserted " +
          "while the trigger was disabled, then wait for `trigger_all_pending_jobs()`.",
      ),
    maxAttempts,
    leaseSeconds,
    stuckAfterSeconds,
    stuckAlert: stuckAlertSetting({ olderThanSeconds: 600, moreThan: 0 }),
  })
  .describe("The `story` system: users' stories written in the background.");

const flashcards = z
  .strictObject({
    schema: schemaSetting("flashcards"),
    generatorUrl,
    generatorModel,
    schedule: z
      .string()
      .default("* * * * *")
      .describe("When the cron job `process-flashcard-jobs` calls `cron-tick`, as crontab."),
    iterations: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(5)
      .describe(
        "Jobs that one call of `cron-tick` works off at most; the worker that an upload wakes has no such limit.",
      ),
    delayMs: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(1_000)
      .describe("Pause between two of these jobs, in milliseconds."),
    maxAttempts,
    leaseSeconds,
    stuckAfterSeconds,
    stuckAlert: stuckAlertSetting({ olderThanSeconds: 3_600, moreThan: 100 }),
  })
  .describe("The `flashcards` system: cards made from the files that users upload.");

const packs = z
  .strictObject({
    schema: schemaSetting("packs"),
    appUrl: z
      .url()
      .optional()
      .describe(
        "Base URL of the application, whose `/api/process-image` makes the images. Required except for `local`, which uses " +
          "its stand-in instead.",
      ),
    pollEvery: z
      .string()
      .default("10 seconds")
      .describe("How often the cron job `process-jobs` looks for work that a wake-up missed."),
    leaseSeconds,
    stuckAfterSeconds,
  })
  .describe("The `packs` system: packs of images that the application makes in the background.");
const market = z
  .strictObject({
    schema: schemaSetting("public"),
    keepOrdersDays: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .default(30)
      .describe(
        "Days that ended orders stay in `queue`; the cron job `cleanup-old-queue-entries` deletes them then.",
      ),
    stuckAfterSeconds: seconds
      .default(300)
      .describe("How long an order may be pending before it counts as stuck, in seconds."),
  })
  .describe("The `market` system: orders that are processed as they are placed, and prices.");

const grafana = z.strictObject({
  url: z.url().describe("Address of Grafana."),
  folder: z
    .string()
    .min(1)
    .default("Jobstack")
    .describe("Title of the folder that is made for the dashboards."),
  datasource: z
    .string()
    .min(1)
    .optional()
    .describe("Name of the data source that a dashboard opens with. Default: Grafana's own default."),
  environment: z
    .string()
    .min(1)
    .optional()
    .describe("Environment that a dashboard opens with, as the exporter calls it. Default: all."),
});

const schema = z.strictObject({
  environment: z
    .enum(["local", "staging", "production"])
    .describe("Which environment this stack is. `local` takes its connection from the running platform."),
  guestOf: z
    .enum(["staging", "production"])
    .optional()
    .describe(
      "The environment in whose database and project this one lives: that stack deploys the queue core and makes the " +
        "exporter's role; this one adds its own objects, each with its environment's name behind its own " +
        "(`job-worker-poll-staging`). Left out, the database is this environment's alone.",
    ),
  protect: z
    .boolean()
    .optional()
    .describe(
      "Whether Pulumi refuses to delete or replace what holds data: migrations, schemas, extensions, queues, Vault " +
        "secrets, buckets. Default: only in `production`.",
    ),
  adopt: z
    .boolean()
    .default(false)
    .describe(
      "Whether a deployment takes over objects that exist already under the names it declares, made by hand or by " +
        "another tool, and makes them as declared. For the first deployment to an existing project; otherwise they are refused.",
    ),
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
  alerts: alertSettings
    .prefault({})
    .describe(
      "Prometheus' alerts: whom Alertmanager tells, and what counts as one. `npm run generate` writes both configurations from it " +
        "([alerts](alerts.md)). Not for a guest.",
    ),
  story: story.optional().describe("The `story` system; left out, it is not deployed."),
  packs: packs.optional().describe("The `packs` system; left out, it is not deployed."),
  market: market.optional().describe("The `market` system; left out, it is not deployed."),
  flashcards: flashcards.optional().describe("The `flashcards` system; left out, it is not deployed."),
  grafana: grafana
    .optional()
    .describe(
      "Grafana, to which the dashboards are deployed; left out, they are not. Where environments share one, only one of " +
        "their stacks names it.",
    ),
  databaseUrl: secret.optional().describe("Secret. Postgres URL of role `postgres`."),
  accessToken: secret.optional().describe("Secret. Supabase access token (`sbp_...`)."),
  cronSecret: secret
    .optional()
    .describe("Secret. What callers of the workers present; the same in Vault and in the functions."),
  apiKeyEncryptionKey: secret
    .optional()
    .describe("Secret. Encrypts users' API keys at rest, 32 random bytes or more."),
  generatorApiKey: secret
    .optional()
    .describe(
      "Secret. Key for the generator that the flashcards are written by. Only where they are deployed.",
    ),
  exporterPassword: secret
    .optional()
    .describe("Secret. Password of the database role `jobstack_exporter`. Not for a guest."),
  heartbeatUrl: secret
    .optional()
    .describe(
      "Secret. Address of a service that the database calls every minute and that raises an alarm when it does not; left " +
        "out, none is. In `local` it is the stand-in. Not for a guest.",
    ),
  grafanaToken: secret
    .optional()
    .describe("Secret. Token of a service account of Grafana with the role Editor. Only with `grafana`."),
});

/** Settings that are secret: their values go from Pulumi's configuration to the resources and are never parsed here. */
export const secretKeys = [
  "databaseUrl",
  "accessToken",
  "cronSecret",
  "apiKeyEncryptionKey",
  "generatorApiKey",
  "exporterPassword",
  "heartbeatUrl",
  "grafanaToken",
] as const;

export type SecretKey = (typeof secretKeys)[number];
export type StackConfig = z.infer<typeof schema>;
export type StoryConfig = z.infer<typeof story>;
export type PacksConfig = z.infer<typeof packs>;
export type MarketConfig = z.infer<typeof market>;
export type FlashcardsConfig = z.infer<typeof flashcards>;

export { schema as stackSchema };

/** Whether a deployment of this stack may not delete what holds data. */
export function isProtected({ protect, environment }: StackConfig): boolean {
  return protect ?? environment === "production";
}

/** Stands for a secret's value, so that presence can be checked without the value. */
export function secretMark() {
  return "[secret]" as const;
}

/** One value as Pulumi keeps it: text, JSON for anything that is more. */
export interface StoredSetting {
  key: string;
  value: string;
  secret: boolean;
}

/** Settings as `parseConfig` takes them: no value of a secret among them. */
export function rawSettings(stored: readonly StoredSetting[]): Record<string, unknown> {
  const ours = stored.filter(({ key }) => key.startsWith(prefix));
  return Object.fromEntries(
    ours.map(({ key, value, secret }) => {
      const name = key.slice(prefix.length);
      if (!isSecretKey(name)) return [name, parsedValue(value)];
      return [name, secret ? secretMark() : "[in clear]"];
    }),
  );
}

/**
 * Checks the configuration of one stack.
 * `raw` maps keys without their `jobstack:` prefix to values; secret ones to `secretMark()`.
 * Throws one UserError that names every problem with its path.
 */
export function parseConfig(stack: string, raw: Record<string, unknown>): StackConfig {
  const parsed = schema.safeParse(raw);
  const problems = [...(parsed.error?.issues.flatMap(describeIssue) ?? []), ...findContradictions(raw)];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new UserError(`stack "${stack}": invalid configuration in Pulumi.${stack}.yaml`, problems);
}

/**
 * Checks what the alerts of a stack are generated from, which needs no secret.
 * Throws one UserError that names every problem with its path.
 */
export function parseAlerting(
  stack: string,
  { environment, guestOf, alerts, grafana }: Record<string, unknown>,
): Pick<StackConfig, "environment" | "guestOf" | "alerts" | "grafana"> {
  const parsed = schema
    .pick({ environment: true, guestOf: true, alerts: true, grafana: true })
    .safeParse({ environment, guestOf, alerts, grafana });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(describeIssue);
  throw new UserError(`stack "${stack}": invalid configuration in Pulumi.${stack}.yaml`, problems);
}

/** What is missing, or too much, in this kind of environment; looked for even when single settings are wrong. */
function findContradictions(raw: Record<string, unknown>): string[] {
  const { environment, guestOf, story, flashcards, grafana } = raw;
  const missing = (keys: readonly string[]) =>
    keys.filter((key) => raw[key] === undefined).map((key) => `${prefix}${key}: missing; ${howToSet(key)}`);
  const forGrafana = missing(grafana === undefined ? [] : ["grafanaToken"]);
  if (environment === "local") {
    if (guestOf === undefined) return forGrafana;
    return [...forGrafana, `${prefix}guestOf: \`local\` has a database of its own; remove it`];
  }
  const forOwner: readonly string[] = ["exporterPassword"];
  const needed = ["projectRef", ...secretKeys].filter(
    (key) =>
      (guestOf === undefined || !forOwner.includes(key)) &&
      (flashcards !== undefined || key !== "generatorApiKey") &&
      key !== "heartbeatUrl" &&
      key !== "grafanaToken",
  );
  const problems = [...missing(needed), ...forGrafana];
  problems.push(...findDeafAlerts({ story, flashcards }));
  if (isObject(raw.packs) && raw.packs.appUrl === undefined) {
    problems.push(`${prefix}packs.appUrl: missing; write the application's address`);
  }
  if (guestOf === undefined) return problems;
  if (guestOf === environment) {
    problems.push(`${prefix}guestOf: names this environment itself; name the other one, or remove it`);
  }
  if (raw.alerts !== undefined) {
    problems.push(`${prefix}alerts: the stack "${guestOf}" watches the database of both; remove it`);
  }
  if (raw.heartbeatUrl !== undefined) {
    problems.push(
      `${prefix}heartbeatUrl: the stack "${guestOf}" sends the heartbeat of the database of both; remove it`,
    );
  }
  const unused = forOwner.filter((key) => raw[key] !== undefined);
  return [
    ...problems,
    ...unused.map((key) => `${prefix}${key}: the stack "${guestOf}" makes the exporter's role; remove it`),
  ];
}

/** Alerts of these systems that nobody would hear. */
function findDeafAlerts(systems: Record<string, unknown>): string[] {
  const isDeaf = (settings: unknown) => {
    const alert = (settings as { stuckAlert?: { webhookUrl?: unknown } | null } | null)?.stuckAlert;
    return typeof alert === "object" && alert?.webhookUrl === undefined;
  };
  return Object.entries(systems)
    .filter(([, settings]) => isDeaf(settings))
    .map(
      ([system]) => `${prefix}${system}.stuckAlert.webhookUrl: missing; write the address of your webhook`,
    );
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${prefix}${[...issue.path, key].join(".")}: unknown setting; remove it`);
  }
  const [key] = issue.path;
  if (isSecretKey(key)) {
    const wrong = issue.code === "invalid_value" ? `stored in clear; ${howToSet(key)}` : issue.message;
    return [`${prefix}${key}: ${wrong}`];
  }
  const where = key === undefined ? "jobstack" : `${prefix}${issue.path.join(".")}`;
  return [`${where}: ${issue.message}`];
}

function howToSet(key: string): string {
  return `set it with: pulumi config set ${isSecretKey(key) ? "--secret " : ""}${prefix}${key} ...`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isSecretKey(key: unknown): key is SecretKey {
  return (secretKeys as readonly unknown[]).includes(key);
}

function parsedValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
