import { z } from "zod";
import type { LiveState, Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { syncGrantees } from "../postgres/grantees.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../postgres/identifier.ts";
import {
  findRoutines,
  type Routine,
  type RoutineFacts,
  routinesChangedNow,
  type WrittenRoutine,
} from "../postgres/routines.ts";
import { adopt, postgresName, splitId } from "./names.ts";

const inputs = z.strictObject({
  schema: postgresName.describe("schema of the function"),
  name: postgresName.describe("name of the function"),
  definition: z
    .string()
    .min(1, "must not be empty")
    .describe("one whole create or replace function statement"),
  execute: z.array(postgresName).optional().describe("exactly these roles may execute it"),
  comment: z.string().optional().describe("comment on the function"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** Grants and comment are facts only while the program says something about them. */
type Facts = Omit<RoutineFacts, "execute" | "comment"> & { execute?: string[]; comment?: string };

/** A function or procedure; its facts come from the catalog, its text is never parsed. */
export const sqlFunction: Resource<Inputs, Facts> = {
  kind: "SqlFunction",
  noun: "function",
  schema: inputs,
  defaults: {},
  identity: ["schema", "name"],
  shownAs: {
    kind: ["definition"],
    signature: ["definition"],
    arguments: ["definition"],
    result: ["definition"],
    language: ["definition"],
    sourceSha256: ["definition"],
    settings: ["definition"],
    securityDefiner: ["definition"],
    volatility: ["definition"],
    planning: ["definition"],
    execute: ["execute"],
    comment: ["comment"],
  },
  atomic: true,
  // Another return type or argument name; a function that became a procedure.
  remakeOn: ["42P13", "42809"],

  id: ({ schema, name }) => `${schema}.${name}`,

  async read({ sql }, id, known) {
    const [schema = "", name = ""] = known.inputs
      ? [known.inputs.schema, known.inputs.name]
      : (splitId(id, 2) ?? []);
    const routine = choose(id, await findRoutines(sql, schema, name), known.observed?.signature);
    if (routine === undefined) return undefined;
    const { execute, comment, ...facts } = routine.facts;
    const managesGrants = known.inputs ? known.inputs.execute !== undefined : routine.hasGrants;
    const managesComment = known.inputs ? known.inputs.comment !== undefined : comment !== "";
    const managed = { ...(managesGrants && { execute }), ...(managesComment && { comment }) };
    return {
      inputs: { schema, name, definition: routine.definition, ...managed },
      facts: { ...facts, ...managed },
    };
  },

  async apply({ sql }, wanted, live, known) {
    await restoreOwner(sql, wanted, live, known?.observed.owner);
    const { signature, grantees } = await define(sql, wanted);
    const name = quoteQualified(wanted.schema, wanted.name);
    if (live !== undefined && live.facts.signature !== signature) {
      await sql.statement(`drop routine ${name}(${live.facts.signature}) restrict`);
    }
    const routine = `routine ${name}(${signature})`;
    if (wanted.comment !== undefined)
      await sql.statement(`comment on ${routine} is ${quoteLiteral(wanted.comment)}`);
    if (wanted.execute === undefined) return;
    await syncGrantees(sql, { on: routine, privilege: "execute", live: grantees, wanted: wanted.execute });
  },

  async remove({ sql }, id, { inputs: { schema, name }, observed }) {
    const routine = choose(id, await findRoutines(sql, schema, name), observed.signature);
    if (routine === undefined) return;
    await sql.statement(`drop routine ${quoteQualified(schema, name)}(${routine.facts.signature}) restrict`);
  },
};

/** Ours is the one with the signature we know; without it a single one will do. */
function choose(
  id: string,
  routines: readonly Routine[],
  signature: string | undefined,
): Routine | undefined {
  const ours = routines.find(({ facts }) => facts.signature === signature);
  if (ours !== undefined || routines.length <= 1) return ours ?? routines[0];
  const signatures = routines.map(({ facts }) => `(${facts.signature})`).join(" and ");
  throw userError("function", id, `exists ${routines.length} times, with ${signatures}`, "drop all but one");
}

async function restoreOwner(
  sql: Sql,
  { schema, name }: Inputs,
  live: LiveState<Inputs, Facts> | undefined,
  owner: string | undefined,
): Promise<void> {
  if (live === undefined || owner === undefined || live.facts.owner === owner) return;
  const routine = `${quoteQualified(schema, name)}(${live.facts.signature})`;
  await sql.statement(`alter routine ${routine} owner to ${quoteIdentifier(owner)}`);
}

/** Runs the definition and makes sure that it made what it is declared to make, and nothing else. */
async function define(sql: Sql, wanted: Inputs): Promise<WrittenRoutine> {
  const id = `${wanted.schema}.${wanted.name}`;
  const tag = await sql.statement(wanted.definition);
  const made = await routinesChangedNow(sql);
  const [routine] = made;
  if (tag !== "CREATE" || routine === undefined || made.length > 1 || routine.id !== id) {
    const found = made.length === 0 ? "no function" : made.map((other) => `"${other.id}"`).join(" and ");
    throw userError(
      "function",
      id,
      `its definition makes ${found}`,
      `write one "create or replace function ${id}" statement`,
    );
  }
  if (routine.unsafe) {
    throw userError(
      "function",
      id,
      "is security definer without a fixed search_path, so its caller decides which objects it uses",
      `add "set search_path = ''" to its definition and qualify the names in it`,
    );
  }
  return routine;
}
