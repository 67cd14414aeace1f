import { z } from "zod";
import type { LiveState, Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import { canonicalFunction } from "../postgres/canonical-function.ts";
import { FIXED_SEARCH_PATH, type Sql } from "../postgres/database.ts";
import { syncGrantees } from "../postgres/grantees.ts";
import { plainIdentifier, quoteIdentifier, quoteLiteral, quoteQualified } from "../postgres/identifier.ts";
import { joinNames, takeNames } from "../postgres/qualified-name.ts";
import {
  findRoutines,
  type Routine,
  type RoutineFacts,
  routinesChangedNow,
  type WrittenRoutine,
} from "../postgres/routines.ts";
import { runDefinition } from "../postgres/run-definition.ts";
import { definitionOf } from "./definition.ts";
import { adopt, postgresName } from "./names.ts";

const inputs = z.strictObject({
  schema: postgresName.describe("schema of the function"),
  name: postgresName.describe("name of the function"),
  definition: definitionOf(
    /^create\s+(or\s+replace\s+)?(function|procedure)\b/i,
    'write one "create or replace function" or "create or replace procedure" statement',
  ).describe("one whole create or replace function statement"),
  owner: postgresName.optional().describe("role that owns it"),
  execute: z
    .array(z.string().min(1, "must not be empty"))
    .optional()
    .describe("exactly these roles may execute it"),
  comment: z.string().optional().describe("comment on the function"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** Grants are facts only while the program says something about them, for a Role may grant too. */
type Facts = Omit<RoutineFacts, "execute"> & { execute?: string[] };

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
    owner: ["owner"],
    execute: ["execute"],
    comment: ["comment"],
  },
  atomic: true,
  // Another return type or argument name; a function that became a procedure.
  remakeOn: ["42P13", "42809"],

  id: ({ schema, name }) => joinNames([schema, name]),

  async read({ sql }, id, known) {
    const taken = takeNames(id, 2);
    const [schema, name] = known.inputs ? [known.inputs.schema, known.inputs.name] : (taken?.names ?? []);
    if (schema === undefined || name === undefined) return undefined;
    const routines = await findRoutines(sql, schema, name);
    const routine = known.inputs
      ? chooseOurs(routines, known.observed?.signature)
      : chooseImported(id, routines, taken?.rest ?? "");
    if (routine === undefined) return undefined;
    const { execute, ...facts } = routine.facts;
    const { owner, comment } = facts;
    const managesGrants = known.inputs?.execute !== undefined;
    const shown = {
      ...((known.inputs?.owner !== undefined ||
        (known.observed ? owner !== known.observed.owner : routine.isForeign)) && {
        owner,
      }),
      ...((managesGrants || routine.hasGrants) && { execute }),
      ...((known.inputs?.comment !== undefined || comment !== "") && { comment }),
    };
    return {
      inputs: { schema, name, definition: routine.definition, ...shown },
      facts: { ...facts, ...(managesGrants && { execute }) },
    };
  },

  async sameMeaning(_context, before, after) {
    const { schema = "" } = after;
    const same: (keyof Inputs)[] = [];
    // No longer managing them changes nothing about them.
    if (after.owner === undefined) same.push("owner");
    if (after.execute === undefined) same.push("execute");
    if (after.comment === undefined) same.push("comment");
    const [old, wanted] = [before.definition, after.definition].map((text) =>
      canonicalFunction(text ?? "", schema),
    );
    return old !== undefined && old === wanted ? [...same, "definition"] : same;
  },

  async apply({ sql, warn }, wanted, live, known, dropped) {
    const { schema, name } = wanted;
    // Signatures are compared, and are the same text only with the same search path.
    await sql.script(FIXED_SEARCH_PATH);
    await restoreOwner(sql, wanted, live, known?.observed.owner);
    const before = await findRoutines(sql, schema, name);
    const { signature, unsafe } = await define(sql, wanted, live?.facts.signature);
    if (unsafe) acceptOnlyAsFound(wanted, live, warn);
    const had = before.some(({ facts }) => facts.signature === signature);
    if (had && live === undefined && wanted.adopt !== true) throw overloadTaken(wanted, signature);
    const same = live?.facts.signature === signature;
    if (live !== undefined && !same) {
      await sql.statement(`drop routine ${quoteQualified(schema, name)}(${live.facts.signature}) restrict`);
    }
    await restoreRest(sql, wanted, signature, {
      owner: wanted.owner ?? known?.observed.owner,
      comment: wanted.comment ?? known?.observed.comment,
      // What is made anew has the grants of every new function.
      execute: wanted.execute ?? (same ? undefined : (live ?? dropped)?.inputs.execute),
    });
  },

  async remove({ sql }, _id, { inputs: { schema, name }, observed }) {
    const routine = chooseOurs(await findRoutines(sql, schema, name), observed.signature);
    if (routine === undefined) return;
    await sql.statement(`drop routine ${quoteQualified(schema, name)}(${routine.facts.signature}) restrict`);
  },
};

/** Ours is the one just made, or with the signature we know; else a single one will do, and of several none is ours. */
function chooseOurs(routines: readonly Routine[], signature: string | undefined): Routine | undefined {
  const ours =
    routines.find(({ isNew }) => isNew) ?? routines.find(({ facts }) => facts.signature === signature);
  return ours ?? (routines.length === 1 ? routines[0] : undefined);
}

/** An import names one of several by "(argument types)" behind the name. */
function chooseImported(id: string, routines: readonly Routine[], suffix: string): Routine | undefined {
  if (suffix !== "") return routines.find(({ types }) => `(${types})` === suffix);
  if (routines.length <= 1) return routines[0];
  const found = routines.map(({ types }) => `(${types})`);
  const instead = `import one of them with the id ${found.map((types) => `"${id}${types}"`).join(" or ")}`;
  throw userError("function", id, `exists ${routines.length} times, with ${found.join(" and ")}`, instead);
}

function overloadTaken({ schema, name }: Inputs, signature: string): Error {
  const id = joinNames([schema, name]);
  const instead = "drop it, or set adopt: true to take it over";
  return userError(
    "function",
    id,
    `exists with (${signature}) beside others, and this stack did not make it`,
    instead,
  );
}

/** Only the owner may replace it. */
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

/** What the definition does not say. */
async function restoreRest(
  sql: Sql,
  { schema, name }: Inputs,
  signature: string,
  wanted: { owner: string | undefined; comment: string | undefined; execute: readonly string[] | undefined },
): Promise<void> {
  const { owner, comment, execute } = wanted;
  const routine = `routine ${quoteQualified(schema, name)}(${signature})`;
  const find = async () => {
    const made = (await findRoutines(sql, schema, name)).find(({ facts }) => facts.signature === signature);
    if (made === undefined) throw new Error(`${routine} is not there right after it was made`);
    return made.facts;
  };
  const made = await find();
  if (comment !== undefined && comment !== made.comment)
    await sql.statement(`comment on ${routine} is ${quoteLiteral(comment)}`);
  if (owner !== undefined && owner !== made.owner)
    await sql.statement(`alter ${routine} owner to ${quoteIdentifier(owner)}`);
  if (execute === undefined) return;
  const live = (await find()).execute;
  await syncGrantees(sql, { on: routine, privilege: "execute", live, wanted: execute });
}

/** Runs the definition and makes sure that it made what it is declared to make, and nothing else. */
async function define(sql: Sql, wanted: Inputs, liveSignature: string | undefined): Promise<WrittenRoutine> {
  const id = joinNames([wanted.schema, wanted.name]);
  await runDefinition(sql, wanted.definition);
  const changed = await routinesChangedNow(sql);
  // Its owner may have been restored, and then a function with other arguments made beside it.
  const made = changed.length > 1 ? changed.filter(({ signature }) => signature !== liveSignature) : changed;
  const [routine] = made;
  if (routine === undefined || made.length > 1 || joinNames([routine.schema, routine.name]) !== id) {
    const found = made.map(({ schema, name }) => `"${joinNames([schema, name])}"`).join(" and ");
    const place = `${plainIdentifier(wanted.schema)}.${plainIdentifier(wanted.name)}`;
    throw userError(
      "function",
      id,
      `its definition makes ${found === "" ? "no function" : found}`,
      `write one "create or replace function ${place}" statement`,
    );
  }
  return routine;
}

/** What was so before may stay so, or nobody could take over what was made by hand. */
function acceptOnlyAsFound(
  wanted: Inputs,
  live: LiveState<Inputs, Facts> | undefined,
  warn: (message: string) => void,
): void {
  const wrong =
    "is security definer without a fixed search_path, so its caller decides which objects it uses";
  const instead = `add "set search_path = ''" to its definition and qualify the names in it`;
  const fixed = live?.facts.settings.some((setting) => setting.startsWith("search_path="));
  const foundSo = live?.facts.securityDefiner === true && fixed === false;
  if (!foundSo) throw userError("function", sqlFunction.id(wanted), wrong, instead);
  warn(`function "${sqlFunction.id(wanted)}" ${wrong}; it was so before and stays so: ${instead}`);
}
