import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import { canonicalTrigger } from "../postgres/canonical-trigger.ts";
import { triggersChangedNow } from "../postgres/changed-triggers.ts";
import type { Sql } from "../postgres/database.ts";
import { plainIdentifier, quoteIdentifier, quoteLiteral, quoteQualified } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { runDefinition } from "../postgres/run-definition.ts";
import { haveSameMeaning } from "../postgres/trigger-meaning.ts";
import { definitionOf } from "./definition.ts";
import { adopt, namesOf, postgresName } from "./names.ts";

const inputs = z.strictObject({
  schema: postgresName.describe("schema of the table"),
  table: postgresName.describe("table the trigger is on"),
  name: postgresName.describe("name of the trigger"),
  definition: definitionOf(
    /^create\s+(or\s+replace\s+)?(constraint\s+)?trigger\b/i,
    'write one "create trigger" or "create or replace trigger" statement',
  ).describe("one whole create trigger statement"),
  enabled: z.boolean().optional().describe("false disables it"),
  firesIn: z
    .enum(["origin", "replica", "always"], { error: "must be one of origin, replica, always" })
    .optional()
    .describe("sessions by their replication role"),
  comment: z.string().optional().describe("comment on the trigger"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
type Firing = "enabled" | "disabled" | "replica only" | "always";
type Facts = {
  definition: string;
  firing: Firing;
  comment: string;
  /** On which partitions the trigger is in another state than on the table itself. */
  partitionsApart: string[];
};

const STATES = { origin: "enabled", replica: "replica only", always: "always" } as const;
const ACTIONS = {
  enabled: "enable",
  disabled: "disable",
  "replica only": "enable replica",
  always: "enable always",
};
const IDENTITY = ["schema", "table", "name"] as const;

/** A trigger; drift is told by Postgres's own rendering of it right after our last change. */
export const trigger: Resource<Inputs, Facts> = {
  kind: "Trigger",
  noun: "trigger",
  schema: inputs,
  defaults: { enabled: true },
  identity: IDENTITY,
  shownAs: {
    definition: ["definition"],
    firing: ["enabled", "firesIn"],
    comment: ["comment"],
    partitionsApart: [],
  },
  atomic: true,
  // It exists and the definition says "create trigger", or it is a constraint trigger, which cannot be replaced.
  remakeOn: ["42710"],

  id: ({ schema, table, name }) => joinNames([schema, table, name]),

  async read({ sql }, id, known) {
    const names = namesOf(IDENTITY, id, known.inputs);
    if (names === undefined) return undefined;
    const facts = await find(sql, names);
    if (facts === undefined) return undefined;
    const { definition, firing, comment } = facts;
    return {
      inputs: {
        ...names,
        definition,
        enabled: firing !== "disabled",
        ...firesIn(firing, known.inputs?.firesIn),
        ...((known.inputs?.comment !== undefined || comment !== "") && { comment }),
      },
      facts,
    };
  },

  async sameMeaning({ database }, before, after) {
    const { schema = "" } = after;
    const [old, wanted] = [before.definition, after.definition].map((text) =>
      canonicalTrigger(text ?? "", schema),
    );
    // No longer managing it changes nothing about it.
    const same: (keyof Inputs)[] = after.comment === undefined ? ["comment"] : [];
    if (old === undefined || wanted === undefined || old.rest !== wanted.rest) return same;
    const alike = await database.read((sql) => haveSameMeaning(sql, after as Inputs, old, wanted));
    return alike ? [...same, "definition"] : same;
  },

  async apply({ sql }, wanted, _live, known) {
    await define(sql, wanted);
    const table = quoteQualified(wanted.schema, wanted.table);
    const name = quoteIdentifier(wanted.name);
    const made = await find(sql, wanted);
    const firing = wanted.enabled === false ? "disabled" : STATES[wanted.firesIn ?? "origin"];
    // Only the owner of the table may say so, and need not where it is so already.
    if (made?.firing !== firing || made.partitionsApart.length > 0)
      await sql.statement(`alter table ${table} ${ACTIONS[firing]} trigger ${name}`);
    const comment = wanted.comment ?? known?.observed.comment;
    if (comment !== undefined && comment !== made?.comment)
      await sql.statement(`comment on trigger ${name} on ${table} is ${quoteLiteral(comment)}`);
  },

  async remove({ sql }, _id, { inputs: { schema, table, name } }) {
    await sql.statement(
      `drop trigger if exists ${quoteIdentifier(name)} on ${quoteQualified(schema, table)}`,
    );
  },
};

/** A disabled trigger does not show where it would fire. */
function firesIn(firing: Firing, given: Inputs["firesIn"]): Pick<Inputs, "firesIn"> {
  if (firing === "disabled") return given === undefined ? {} : { firesIn: given };
  const live = firing === "enabled" ? "origin" : firing === "always" ? "always" : "replica";
  return live === "origin" && given === undefined ? {} : { firesIn: live };
}

/** Runs the definition and makes sure that it made what it is declared to make, and nothing else. */
async function define(sql: Sql, wanted: Inputs): Promise<void> {
  const id = trigger.id(wanted);
  await runDefinition(sql, wanted.definition);
  const made = await triggersChangedNow(sql);
  if (made.length === 1 && made[0] === id) return;
  const found = made.length === 0 ? "no trigger" : made.map((other) => `"${other}"`).join(" and ");
  const [schema, table, name] = [wanted.schema, wanted.table, wanted.name].map(plainIdentifier);
  const statement = `create or replace trigger ${name} ... on ${schema}.${table}`;
  throw userError("trigger", id, `its definition makes ${found}`, `write one "${statement}" statement`);
}

async function find(sql: Sql, { schema, table, name }: Record<(typeof IDENTITY)[number], string>) {
  const [facts] = await sql.query<Facts>(FIND, [schema, table, name]);
  return facts;
}

// A trigger for each row of a partitioned table has a copy on every partition, of the same name.
const FIND = `
  select pg_catalog.pg_get_triggerdef(t.oid) as definition,
         case t.tgenabled when 'O' then 'enabled' when 'D' then 'disabled' when 'R' then 'replica only' else 'always' end as firing,
         coalesce(pg_catalog.obj_description(t.oid, 'pg_trigger'), '') as comment,
         array(
           select p.tgrelid::pg_catalog.regclass::text
             from pg_catalog.pg_partition_tree(c.oid) as l
             join pg_catalog.pg_trigger as p on p.tgrelid = l.relid
            where c.relkind = 'p' and p.tgparentid <> 0 and p.tgname = t.tgname and p.tgenabled <> t.tgenabled
            order by 1
         ) as "partitionsApart"
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2 and t.tgname = $3 and not t.tgisinternal
`;
