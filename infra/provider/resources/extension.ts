import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/identifier.ts";
import { postgresName } from "./names.ts";

const inputs = z.strictObject({
  name: postgresName.describe("name as in pg_available_extensions"),
  schema: postgresName.optional().describe("schema to create it in"),
  version: z.string().min(1, "must not be empty").optional().describe("exact version to hold it at"),
});

type Inputs = z.infer<typeof inputs>;
/** The version is a fact only while the program pins it: servers are updated without anybody's deployment. */
type Facts = { schema: string; version?: string };

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

  id: ({ name }) => name,

  async read({ sql }, id, known) {
    const [row] = await sql.query<{ schema: string; version: string }>(FIND, [id]);
    if (row === undefined) return undefined;
    const pinned = known.inputs?.version !== undefined;
    const placed = known.inputs === undefined || known.inputs.schema !== undefined;
    return {
      inputs: { name: id, ...(placed && { schema: row.schema }), ...(pinned && { version: row.version }) },
      facts: { schema: row.schema, ...(pinned && { version: row.version }) },
    };
  },

  async apply({ sql }, wanted, live, known) {
    const name = quoteIdentifier(wanted.name);
    if (live === undefined) {
      await refuseUnavailable(sql, wanted.name);
      const schema = wanted.schema === undefined ? "" : ` schema ${quoteIdentifier(wanted.schema)}`;
      const version = wanted.version === undefined ? "" : ` version ${quoteLiteral(wanted.version)}`;
      await sql.statement(`create extension ${name}${schema}${version}`);
      return;
    }
    const schema = wanted.schema ?? known?.observed.schema;
    if (schema !== undefined && schema !== live.facts.schema) {
      await sql.statement(`alter extension ${name} set schema ${quoteIdentifier(schema)}`);
    }
    if (wanted.version !== undefined && wanted.version !== live.facts.version) {
      await sql.statement(`alter extension ${name} update to ${quoteLiteral(wanted.version)}`);
    }
  },

  async remove() {},
};

/** The server's own errors say neither where to get an extension nor that another one is to be declared first. */
async function refuseUnavailable(sql: Sql, name: string): Promise<void> {
  const [row] = await sql.query<{ missing: string[] }>(MISSING_REQUIREMENTS, [name]);
  if (row === undefined) {
    const instead =
      "install its package on the server, or switch it on in the project's dashboard under Database, Extensions";
    throw userError("extension", name, "is not available on this server", instead);
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
  select n.nspname::text as schema, e.extversion as version
    from pg_catalog.pg_extension as e
    join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
   where e.extname = $1
`;

const MISSING_REQUIREMENTS = `
  select array(
           select r.name::text
             from pg_catalog.unnest(v.requires) as r (name)
            where r.name not in (select i.extname from pg_catalog.pg_extension as i)
         ) as missing
    from pg_catalog.pg_available_extensions as a
    join pg_catalog.pg_available_extension_versions as v on v.name = a.name and v.version = a.default_version
   where a.name = $1
`;
