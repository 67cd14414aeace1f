import { z } from "zod";
import type { Context, Resource } from "../kernel/resource.ts";
import type { Sql } from "../postgres/database.ts";
import { parseGrantable } from "../postgres/grant-option.ts";
import { granteesSql, syncGrantees } from "../postgres/grantees.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/identifier.ts";
import { claimedIds } from "../postgres/ownership.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { namesOf, postgresName } from "./names.ts";

const grantees = z.array(z.string().min(1, "must not be empty"));

const inputs = z.strictObject({
  name: postgresName.describe("name of the schema"),
  owner: postgresName.optional().describe("role that owns it"),
  usage: grantees.optional().describe("exactly these roles have USAGE"),
  create: grantees.optional().describe("exactly these roles have CREATE"),
  comment: z.string().optional().describe("comment on the schema"),
});

type Inputs = z.infer<typeof inputs>;
/** Grants are facts only while the program says something about them, for a Role may grant too. */
type Facts = { owner: string; comment: string; usage?: string[]; create?: string[] };
type Row = Required<Facts> & { deployer: string };

const PRIVILEGES = ["create", "usage"] as const;

/** Made if missing, otherwise used as it is; dropped only if we made it and it is empty. */
export const schema: Resource<Inputs, Facts> = {
  kind: "Schema",
  noun: "schema",
  schema: inputs,
  defaults: {},
  identity: ["name"],
  shownAs: { owner: ["owner"], usage: ["usage"], create: ["create"], comment: ["comment"] },
  shared: true,
  atomic: true,

  id: ({ name }) => joinNames([name]),

  async read({ sql }, id, known) {
    const name = namesOf(["name"], id, known.inputs)?.name ?? "";
    const row = await find(sql, name);
    if (row === undefined) return undefined;
    const { owner, comment, deployer } = row;
    const given = PRIVILEGES.filter((privilege) => known.inputs?.[privilege] !== undefined);
    const grants = Object.fromEntries(given.map((privilege) => [privilege, row[privilege]]));
    const usualOwner = known.observed?.owner ?? deployer;
    const shown = {
      ...((known.inputs?.owner !== undefined || owner !== usualOwner) && { owner }),
      ...((known.inputs?.comment !== undefined || comment !== "") && { comment }),
    };
    return { inputs: { name, ...shown, ...grants }, facts: { owner, comment, ...grants } };
  },

  async apply({ sql }, wanted, live, known) {
    const on = `schema ${quoteIdentifier(wanted.name)}`;
    if (live === undefined) await sql.statement(`create ${on}`);
    const owner = wanted.owner ?? known?.observed.owner;
    if (owner !== undefined && owner !== live?.facts.owner)
      await sql.statement(`alter ${on} owner to ${quoteIdentifier(owner)}`);
    const comment = wanted.comment ?? known?.observed.comment ?? live?.facts.comment ?? "";
    if (comment !== (live?.facts.comment ?? ""))
      await sql.statement(`comment on ${on} is ${quoteLiteral(comment)}`);
    const row = await find(sql, wanted.name);
    for (const privilege of PRIVILEGES) {
      const roles = wanted[privilege];
      if (roles !== undefined)
        await syncGrantees(sql, { on, privilege, live: row?.[privilege] ?? [], wanted: roles });
    }
  },

  async remove(context, _id, { inputs }, ownedByUs) {
    const { name } = inputs;
    const [row] = await context.sql.query<{ objects: string[] }>(OBJECTS, [name]);
    if (row === undefined) return;
    if (!ownedByUs || row.objects.length > 0) await takeBackFromOurRoles(context.sql, inputs);
    if (!ownedByUs)
      context.warn(
        `schema "${name}" is kept, because it was there before; drop it yourself if nobody uses it`,
      );
    else if (row.objects.length > 0) warnNotEmpty(context, name, row.objects);
    else await context.sql.statement(`drop schema ${quoteIdentifier(name)} restrict`);
  },
};

function warnNotEmpty(context: Context, name: string, objects: readonly string[]): void {
  context.warn(
    `schema "${name}" is kept, because it still holds ${objects.join(", ")}; drop these and the schema yourself`,
  );
}

async function find(sql: Sql, name: string): Promise<Row | undefined> {
  const [row] = await sql.query<Row>(FIND, [name]);
  return row;
}

const FIND = `
  select pg_catalog.pg_get_userbyid(n.nspowner)::text as owner,
         current_user::text as deployer,
         coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') as comment,
         ${granteesSql("n.nspacl", "n.nspowner", "n", "USAGE")} as usage,
         ${granteesSql("n.nspacl", "n.nspowner", "n", "CREATE")} as create
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

/** A kept schema must not keep a role that is dropped next; every other grant stays with the schema. */
async function takeBackFromOurRoles(sql: Sql, inputs: Inputs): Promise<void> {
  const ours = await claimedIds(sql, "Role");
  for (const privilege of PRIVILEGES) {
    const live = (inputs[privilege] ?? []).filter((role) =>
      ours.includes(joinNames([parseGrantable(role).name])),
    );
    await syncGrantees(sql, { on: `schema ${quoteIdentifier(inputs.name)}`, privilege, live, wanted: [] });
  }
}
