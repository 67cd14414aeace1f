import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { quoteIdentifier, quoteQualified } from "../postgres/identifier.ts";
import { adopt, postgresName, splitId } from "./names.ts";

const inputs = z.strictObject({
  schema: postgresName.describe("schema of the table"),
  table: postgresName.describe("table the trigger is on"),
  name: postgresName.describe("name of the trigger"),
  definition: z.string().min(1, "must not be empty").describe("one whole create trigger statement"),
  enabled: z.boolean().optional().describe("false disables it"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
type Facts = { definition: string; firing: string };

/** A trigger; drift is told by Postgres's own rendering of it right after our last change. */
export const trigger: Resource<Inputs, Facts> = {
  kind: "Trigger",
  noun: "trigger",
  schema: inputs,
  defaults: { enabled: true },
  identity: ["schema", "table", "name"],
  shownAs: { definition: ["definition"], firing: ["enabled"] },
  atomic: true,
  // It exists and the definition says "create trigger", or it is a constraint trigger, which cannot be replaced.
  remakeOn: ["42710"],

  id: ({ schema, table, name }) => `${schema}.${table}.${name}`,

  async read({ sql }, id, known) {
    const [schema = "", table = "", name = ""] = known.inputs
      ? [known.inputs.schema, known.inputs.table, known.inputs.name]
      : (splitId(id, 3) ?? []);
    const [facts] = await sql.query<Facts>(FIND, [schema, table, name]);
    if (facts === undefined) return undefined;
    const enabled = facts.firing !== "disabled";
    return { inputs: { schema, table, name, definition: facts.definition, enabled }, facts };
  },

  async apply({ sql }, wanted, live) {
    await define(sql, wanted);
    const enabled = wanted.enabled !== false;
    // A new trigger is enabled, and only the owner of the table may say so again.
    if (live === undefined && enabled) return;
    const table = quoteQualified(wanted.schema, wanted.table);
    const action = enabled ? "enable" : "disable";
    await sql.statement(`alter table ${table} ${action} trigger ${quoteIdentifier(wanted.name)}`);
  },

  async remove({ sql }, _id, { inputs: { schema, table, name } }) {
    await sql.statement(
      `drop trigger if exists ${quoteIdentifier(name)} on ${quoteQualified(schema, table)}`,
    );
  },
};

/** Runs the definition and makes sure that it made what it is declared to make, and nothing else. */
async function define(sql: Sql, wanted: Inputs): Promise<void> {
  const id = trigger.id(wanted);
  const tag = await sql.statement(wanted.definition);
  const made = await sql.query<{ id: string }>(CHANGED_NOW);
  if (tag === "CREATE" && made.length === 1 && made[0]?.id === id) return;
  const found = made.length === 0 ? "no trigger" : made.map((other) => `"${other.id}"`).join(" and ");
  const statement = `create or replace trigger ${wanted.name} ... on ${wanted.schema}.${wanted.table}`;
  throw userError("trigger", id, `its definition makes ${found}`, `write one "${statement}" statement`);
}

const FIND = `
  select pg_catalog.pg_get_triggerdef(t.oid) as definition,
         case t.tgenabled when 'O' then 'enabled' when 'D' then 'disabled' when 'R' then 'replica only' else 'always' end as firing
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2 and t.tgname = $3 and not t.tgisinternal
`;

// Postgres stamps each row with the transaction that wrote it.
const CHANGED_NOW = `
  select n.nspname || '.' || c.relname || '.' || t.tgname as id
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where t.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid and t.tgparentid = 0
`;
