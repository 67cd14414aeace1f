import { z } from "zod";
import type { Fact, Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { adopt, namesOf } from "./names.ts";

const text = z.string().min(1, "must not be empty");
const wholeNumber = z.int().nonnegative("must not be negative");

const inputs = z.strictObject({
  name: text.describe("name of the queue"),
  kind: z
    .enum(["managed", "observed"])
    .optional()
    .describe("whether its jobs are claimed here, or where they belong"),
  table: text.describe("the job table, schema.table"),
  idColumn: text.optional().describe("column that identifies a job"),
  statusColumn: text.optional().describe("column with the status"),
  statuses: z
    .strictObject({
      pending: text,
      processing: text.optional(),
      completed: text.optional(),
      failed: text.optional(),
      cancelled: text.optional(),
    })
    .optional()
    .describe("the table's words for the states"),
  resultColumn: text.optional().describe("column for the result"),
  errorColumn: text.optional().describe("column for the last error"),
  attemptsColumn: text.optional().describe("column for the number of attempts"),
  startedAtColumn: text.optional().describe("column for when work began"),
  completedAtColumn: text.optional().describe("column for when work ended"),
  createdAtColumn: text.optional().describe("column that says when the job was made"),
  priorityColumn: text.optional().describe("column whose higher values come first"),
  retriesColumn: text.optional().describe("column for how often a job was tried again"),
  maxRetriesColumn: text.optional().describe("column that says how often a job may be tried again"),
  runAtColumn: text.optional().describe("column with the earliest time to run a job"),
  progressColumn: text.optional().describe("column that a job's worker writes its progress to"),
  keyColumn: text.optional().describe("column of which only one open job has a value"),
  wakeUrl: text.optional().describe("address of the worker"),
  wakeSecret: text.optional().describe("name of the Vault secret that signs the wake-up"),
  wakeTimeoutMs: wholeNumber.optional().describe("time limit of a wake-up call in milliseconds"),
  maxAttempts: wholeNumber.optional().describe("attempts before a job counts as failed"),
  leaseSeconds: wholeNumber.optional().describe("how long a worker holds a job without a heartbeat"),
  backoffBaseSeconds: wholeNumber.optional().describe("first wait before another attempt"),
  backoffCapSeconds: wholeNumber.optional().describe("longest wait before another attempt"),
  stuckAfterSeconds: wholeNumber.optional().describe("processing for longer counts as stuck"),
  retentionDays: wholeNumber.optional().describe("days that finished jobs are kept"),
  maxRunning: wholeNumber.optional().describe("jobs that may run at once, over all workers"),
  rateLimits: z
    .array(
      z.strictObject({
        jobs: wholeNumber,
        seconds: wholeNumber,
        column: text.optional(),
        value: text.optional(),
      }),
    )
    .optional()
    .describe("how many jobs may start in a period"),
  expectCore: z.boolean().optional().describe("the queue core is there already, from another deployment"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
type Setting = Exclude<keyof Inputs, "name" | "expectCore" | "adopt">;
/** Every setting as the database has it; an empty text is one that is not used. */
type Facts = { [key: string]: Fact };

const SETTINGS = Object.keys(inputs.shape).filter(
  (key): key is Setting => !["name", "expectCore", "adopt"].includes(key),
);

/** A job table that is declared to the queue core; limits and columns are checked there, all at once. */
export const queue: Resource<Inputs, Facts> = {
  kind: "Queue",
  noun: "queue",
  schema: inputs,
  defaults: {},
  identity: ["name"],
  workingInputs: ["expectCore"],
  shownAs: Object.fromEntries(SETTINGS.map((key) => [key, [key]])),
  atomic: true,

  id: ({ name }) => joinNames([name]),

  async derive({ sql }, { expectCore }) {
    if (!expectCore || (await hasCore(sql))) return {};
    const reason =
      "the queue core is not in this database; deploy the environment that owns the database first, or leave expectCore out";
    return { problems: [{ path: ["expectCore"], reason }] };
  },

  async read({ sql }, id, known) {
    if (!(await hasCore(sql))) return undefined;
    const name = namesOf(["name"], id, known.inputs)?.name ?? "";
    const [row] = await sql.query<{ config: Record<string, Fact | null> | null }>(
      "select jobstack.describe_queue($1) as config",
      [name],
    );
    const config = row?.config;
    if (!config) return undefined;
    const facts = Object.fromEntries(SETTINGS.map((key) => [key, config[snakeCase(key)] ?? ""]));
    const used = Object.entries(facts).filter(([, value]) => value !== "");
    // Every claim and finish casts to the types that the table had when it was declared.
    const columnTypes = config.types ?? {};
    return {
      inputs: { name, ...Object.fromEntries(used) } as Inputs,
      facts: { ...facts, columnTypes },
    };
  },

  async apply({ sql }, wanted) {
    if (!(await hasCore(sql))) {
      const instead = "deploy the schema jobstack first, and let the queue depend on it";
      throw userError("queue", wanted.name, "the queue core is not installed in this database", instead);
    }
    const config = Object.fromEntries(SETTINGS.map((key) => [snakeCase(key), wanted[key]]));
    await sql.query("select jobstack.declare_queue($1, $2)", [wanted.name, JSON.stringify(config)]);
  },

  async remove({ sql }, _id, { inputs: { name } }) {
    if (await hasCore(sql)) await sql.query("select jobstack.remove_queue($1)", [name]);
  },
};

async function hasCore(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ present: boolean }>(
    "select pg_catalog.to_regprocedure('jobstack.describe_queue(text)') is not null as present",
  );
  return row?.present === true;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
