import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import type { Sql } from "../postgres/database.ts";
import { adopt } from "./names.ts";

const LONGEST_NAME = 100;

const inputs = z.strictObject({
  name: z
    .string()
    .min(1, "must not be empty")
    .max(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`)
    // What the storage server takes in a path; with any other it would never find the bucket.
    .regex(/^[\w!\-.*'() &$@=;:+,?]*$/, "must be letters of ASCII, digits, spaces or !-_.*'()&$@=;:+,?")
    .refine((name) => name.trim() === name, "begins or ends with a space; remove it")
    .describe("name of the bucket, which is its id as well"),
  public: z.boolean().optional().describe("true lets everyone read its objects, without a policy"),
  fileSizeLimit: z
    .int("must be a whole number of bytes")
    .positive("must be at least one byte; leave it out for no limit")
    .optional()
    .describe("largest object in bytes; without it the project's limit holds"),
  allowedMimeTypes: z
    .array(
      z
        .string()
        .regex(
          /^(\*|[a-z]+)\/(\*|[a-zA-Z0-9][\w!#$&^.+-]*)$/,
          'is not a MIME type; write one such as "image/png" or "image/*"',
        ),
    )
    .min(1, "must name a type; leave it out for all types")
    .refine((types) => new Set(types).size === types.length, "names a type twice; name each once")
    .optional()
    .describe("only objects of these types are taken"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** A limit of zero is none; no types are all. */
type Facts = { name: string; public: boolean; fileSizeLimit: number; allowedMimeTypes: string[] };

/** A bucket of Supabase Storage, made as migrations make it; whom it belongs to there is not ours to say. */
export const storageBucket: Resource<Inputs, Facts> = {
  kind: "StorageBucket",
  noun: "storage bucket",
  schema: inputs,
  defaults: { public: false },
  identity: ["name"],
  shownAs: {
    public: ["public"],
    fileSizeLimit: ["fileSizeLimit"],
    allowedMimeTypes: ["allowedMimeTypes"],
  },
  atomic: true,

  id: ({ name }) => name,

  async read({ sql }, id) {
    if (!(await hasStorage(sql))) return undefined;
    const [facts] = await sql.query<Facts>(FIND, [id]);
    if (facts === undefined) return undefined;
    const { fileSizeLimit, allowedMimeTypes } = facts;
    return {
      inputs: {
        name: id,
        public: facts.public,
        ...(fileSizeLimit > 0 && { fileSizeLimit }),
        ...(allowedMimeTypes.length > 0 && { allowedMimeTypes }),
      },
      facts,
    };
  },

  async apply({ sql }, wanted, live) {
    const { name, fileSizeLimit = null, allowedMimeTypes = null } = wanted;
    if (!(await hasStorage(sql))) {
      const instead =
        "use a database of a Supabase project, whose storage server makes the schema at its start";
      throw userError("storage bucket", name, "this database has no schema storage", instead);
    }
    const values = [name, wanted.public === true, fileSizeLimit, allowedMimeTypes];
    const written = await sql.query(live === undefined ? INSERT : UPDATE, values);
    if (written.length === 0) {
      const instead = "deploy as postgres, or as another role that row level security does not bind";
      throw userError("storage bucket", name, "row level security keeps it from being changed", instead);
    }
  },

  async remove({ sql, warn }, id) {
    if (!(await hasStorage(sql))) return;
    const [row] = await sql.query<{ empty: boolean }>(IS_EMPTY, [id]);
    if (row === undefined) return;
    if (!row.empty) {
      warn(
        `storage bucket "${id}" is kept, because it holds objects; empty it and delete it in the dashboard`,
      );
      return;
    }
    // Supabase refuses plain deletes, which would leave files over; of an empty bucket there are none.
    await sql.query(ALLOW_DELETE, ["true"]);
    await sql.query("delete from storage.buckets where id = $1", [id]);
    await sql.query(ALLOW_DELETE, ["false"]);
  },
};

async function hasStorage(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ present: boolean }>(
    "select pg_catalog.to_regclass('storage.buckets') is not null as present",
  );
  return row?.present === true;
}

const FIND = `
  select b.name,
         coalesce(b.public, false) as public,
         coalesce(b.file_size_limit, 0)::float8 as "fileSizeLimit",
         coalesce(b.allowed_mime_types, '{}') as "allowedMimeTypes"
    from storage.buckets as b
   where b.id = $1
`;

const INSERT = `
  insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
  values ($1, $1, $2, $3, $4)
  returning id
`;

const UPDATE = `
  update storage.buckets as b
     set name = $1, public = $2, file_size_limit = $3, allowed_mime_types = $4, updated_at = pg_catalog.now()
   where b.id = $1
  returning b.id
`;

const IS_EMPTY = `
  select not exists (select from storage.objects as o where o.bucket_id = b.id) as empty
    from storage.buckets as b
   where b.id = $1
`;

const ALLOW_DELETE = "select pg_catalog.set_config('storage.allow_delete_query', $1, true)";
