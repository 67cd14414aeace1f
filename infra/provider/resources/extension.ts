import { z } from "zod";
import type { Context, Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { sqlState } from "../postgres/sql-error.ts";
import { namesOf, postgresName } from "./names.ts";

const inputs = z.strictObject({
  name: postgresName.describe("name as in pg_available_extensions"),
  schema: postgresName.optional().describe("schema to create it in"),
  version: z.string().min(1, "must not be empty").optional().describe("exact version to hold it at"),
});

type Inputs = z.infer<typeof inputs>;
/** The version is a fact only while the program pins it: servers are updated without anybody's deployment. */
type Facts = { schema: string; comment: string; version?: string };

interface Row extends Record<string, unknown> {
  schema: string;
  version: string;
  comment: string;
  relocatable: boolean;
  mayComment: boolean;
}

/** Made if missing, otherwise used as it is; never dropped, for everything made with it would go too. */
export const extension: Resource<Inputs, Facts> = {
  kind: "Extension",
  noun: "extension",
  schema: inputs,
  defaults: {},
  identity: ["name"],
  shownAs: { schema: ["schema"], version: ["version"] },
  shared: true,
  atomic: true,

  id: ({ name }) => joinNames([name]),

  async read({ sql }, id, known) {
    const name = namesOf(["name"], id, known.inputs)?.name ?? "";
    const row = await find(sql, name);
    if (row === undefined) return undefined;
    const { schema, version, comment } = row;
    const pinned = known.inputs?.version !== undefined;
    const placed = known.inputs === undefined || known.inputs.schema !== undefined;
    return {
      inputs: { name, ...(placed && { schema }), ...(pinned && { version }) },
      facts: { schema, comment, ...(pinned && { version }) },
    };
  },

  async apply(context, wanted, _live, known) {
    const { sql } = context;
    const name = quoteIdentifier(wanted.name);
    const live = await find(sql, wanted.name);
    if (live === undefined) {
      await refuseUnavailable(sql, wanted);
      const schema = wanted.schema === undefined ? "" : ` schema ${quoteIdentifier(wanted.schema)}`;
      const version = wanted.version === undefined ? "" : ` version ${quoteLiteral(wanted.version)}`;
      await sql.statement(`create extension ${name}${schema}${version}`);
      return;
    }
    const schema = wanted.schema ?? known?.observed.schema;
    if (schema !== undefined && schema !== live.schema) {
      if (live.relocatable) await move(sql, wanted.name, live.schema, schema);
      else if (known !== undefined) throw notRelocatable(wanted.name, live.schema, schema);
      else context.warn(usedWhereItIs(wanted.name, live.schema, schema));
    }
    if (wanted.version !== undefined && wanted.version !== live.version) {
      await refuseUnreachable(sql, wanted.name, live.version, wanted.version);
      await sql.statement(`alter extension ${name} update to ${quoteLiteral(wanted.version)}`);
    }
    await restoreComment(context, wanted.name, live, known?.observed.comment);
  },

  async remove() {},
};

async function find(sql: Sql, name: string): Promise<Row | undefined> {
  const [row] = await sql.query<Row>(FIND, [name]);
  return row;
}

/** On a managed server an extension may belong to a role that nobody deploys as. */
async function restoreComment(
  { sql, warn }: Context,
  name: string,
  live: Row,
  comment: string | undefined,
): Promise<void> {
  if (comment === undefined || comment === live.comment) return;
  if (live.mayComment) {
    await sql.statement(`comment on extension ${quoteIdentifier(name)} is ${quoteLiteral(comment)}`);
    return;
  }
  warn(
    `extension "${name}": the comment stays as it was changed, because only the extension's owner may set it`,
  );
}

/** What is in an extension belongs to a superuser, whoever made it. */
async function move(sql: Sql, name: string, from: string, to: string): Promise<void> {
  const statement = `alter extension ${quoteIdentifier(name)} set schema ${quoteIdentifier(to)}`;
  try {
    await sql.statement(statement);
  } catch (error) {
    if (sqlState(error) !== "42501") throw error;
    const wrong = `is in schema "${from}", and the role of databaseUrl may not move it (${(error as Error).message})`;
    throw userError("extension", name, wrong, `run as a superuser: ${statement}`);
  }
}

/** Several may need one extension, and whoever made it chose the place. */
function usedWhereItIs(name: string, live: string, wanted: string): string {
  return `extension "${name}": is in schema "${live}", not in "${wanted}", and cannot be moved; it is used where it is`;
}

function notRelocatable(name: string, live: string, wanted: string): Error {
  const wrong = `is in schema "${live}", not in "${wanted}", and this extension cannot be moved`;
  return userError(
    "extension",
    name,
    wrong,
    `write schema: "${live}", or drop it yourself to have it made anew`,
  );
}

async function refuseUnreachable(sql: Sql, name: string, live: string, wanted: string): Promise<void> {
  const rows = await sql.query<{ target: string }>(UPDATE_TARGETS, [name, live]);
  const targets = rows.map(({ target }) => target);
  if (targets.includes(wanted)) return;
  const instead =
    targets.length === 0
      ? `write version: "${live}"`
      : `write version: "${live}", or one that it can be updated to: ${targets.join(", ")}`;
  throw userError(
    "extension",
    name,
    `is at version ${live}, from which no update script leads to ${wanted}`,
    `${instead}; or drop it yourself to have it made anew`,
  );
}

/** The server's own errors say neither where to get an extension nor that another one is to be declared first. */
async function refuseUnavailable(sql: Sql, { name, version }: Inputs): Promise<void> {
  const [row] = await sql.query<{ missing: string[] | null; versions: string[] }>(REQUIREMENTS, [
    name,
    version,
  ]);
  if (row === undefined) {
    const instead =
      "install its package on the server, or switch it on in the project's dashboard under Database, Extensions";
    throw userError("extension", name, "is not available on this server", instead);
  }
  if (row.missing === null) {
    const wrong = `is not available on this server in version ${version}`;
    throw userError("extension", name, wrong, `write one of ${row.versions.join(", ")}`);
  }
  if (row.missing.length === 0) return;
  const others = row.missing.map((other) => `"${other}"`).join(" and ");
  throw userError(
    "extension",
    name,
    `needs ${others}`,
    "declare an Extension for each, and let this one depend on them",
  );
}

const FIND = `
  select n.nspname::text as schema,
         e.extversion as version,
         coalesce(pg_catalog.obj_description(e.oid, 'pg_extension'), '') as comment,
         e.extrelocatable as relocatable,
         pg_catalog.pg_has_role(e.extowner, 'usage') as "mayComment"
    from pg_catalog.pg_extension as e
    join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
   where e.extname = $1
`;

const UPDATE_TARGETS = `
  select p.target
    from pg_catalog.pg_extension_update_paths($1) as p
   where p.source = $2 and p.path is not null
   order by 1
`;

const REQUIREMENTS = `
  select (
           select array(
                    select r.name::text
                      from pg_catalog.unnest(v.requires) as r (name)
                     where r.name not in (select i.extname from pg_catalog.pg_extension as i)
                  )
             from pg_catalog.pg_available_extension_versions as v
            where v.name = a.name and v.version = coalesce($2, a.default_version)
         ) as missing,
         array(
           select v.version from pg_catalog.pg_available_extension_versions as v where v.name = a.name order by 1
         ) as versions
    from pg_catalog.pg_available_extensions as a
   where a.name = $1
`;
