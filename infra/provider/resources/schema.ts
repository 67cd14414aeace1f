import { z } from "zod";
import type { Context, Resource } from "../kernel/resource.ts";
import { granteesSql, syncGrantees } from "../postgres/grantees.ts";
import { quoteIdentifier } from "../postgres/identifier.ts";
import { postgresName } from "./names.ts";

const inputs = z.strictObject({
  name: postgresName.describe("name of the schema"),
  owner: postgresName.optional().describe("role that owns it"),
  usage: z.array(postgresName).optional().describe("exactly these roles have USAGE"),
});

type Inputs = z.infer<typeof inputs>;
type Facts = { owner: string; usage?: string[] };
interface Row extends Record<string, unknown> {
  owner: string;
  current_role: string;
  usage: string[];
}

/** Made if missing, otherwise used as it is; dropped only if we made it and it is empty. */
export const schema: Resource<Inputs, Facts> = {
  kind: "Schema",
  noun: "schema",
  schema: inputs,
  defaults: {},
  identity: ["name"],
  shownAs: { owner: ["owner"], usage: ["usage"] },
  shared: true,
  atomic: true,

  id: ({ name }) => name,

  async read({ sql }, id, known) {
    const [row] = await sql.query<Row>(FIND, [id]);
    if (row === undefined) return undefined;
    const ownerGiven = known.inputs?.owner !== undefined || row.owner !== row.current_role;
    const usageGiven = known.inputs?.usage !== undefined;
    return {
      inputs: { name: id, ...(ownerGiven && { owner: row.owner }), ...(usageGiven && { usage: row.usage }) },
      facts: { owner: row.owner, ...(usageGiven && { usage: row.usage }) },
    };
  },

  async apply({ sql }, { name, owner, usage }, live, known) {
    const schemaName = quoteIdentifier(name);
    if (live === undefined) await sql.statement(`create schema ${schemaName}`);
    const wanted = owner ?? known?.observed.owner;
    if (wanted !== undefined && wanted !== live?.facts.owner) {
      await sql.statement(`alter schema ${schemaName} owner to ${quoteIdentifier(wanted)}`);
    }
    if (usage === undefined) return;
    const [row] = await sql.query<Row>(FIND, [name]);
    await syncGrantees(sql, {
      on: `schema ${schemaName}`,
      privilege: "usage",
      live: row?.usage ?? [],
      wanted: usage,
    });
  },

  async remove(context, id, _known, ownedByUs) {
    const [row] = await context.sql.query<{ objects: string[] }>(OBJECTS, [id]);
    if (row === undefined) return;
    if (!ownedByUs)
      context.warn(`schema "${id}" is kept, because it was there before; drop it yourself if nobody uses it`);
    else if (row.objects.length > 0) warnNotEmpty(context, id, row.objects);
    else await context.sql.statement(`drop schema ${quoteIdentifier(id)} restrict`);
  },
};

const FIND = `
  select pg_catalog.pg_get_userbyid(n.nspowner) as owner,
         current_user::text as current_role,
         ${granteesSql("n.nspacl", "n.nspowner", "n", "USAGE")} as usage
    from pg_catalog.pg_namespace as n
   where n.nspname = $1
`;

// The schema's row even when nothing is in it; of many objects a few names tell enough.
const OBJECTS = `
  select array(
           select pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
             from pg_catalog.pg_depend as d
            where d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
              and d.refobjid = n.oid
              and d.deptype = 'n'
            limit 5
         ) as objects
    from pg_catalog.pg_namespace as n
   where n.nspname = $1
`;

function warnNotEmpty(context: Context, id: string, objects: readonly string[]): void {
  context.warn(
    `schema "${id}" is kept, because it still holds ${objects.join(", ")}; drop these and the schema yourself`,
  );
}
