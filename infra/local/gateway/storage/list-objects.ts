import type { Query } from "./storage-database.ts";

export const sortColumns = ["name", "updated_at", "created_at", "last_accessed_at"] as const;
export const sortOrders = ["asc", "desc"] as const;

export interface ListRequest {
  prefix: string;
  search: string;
  limit: number;
  offset: number;
  column: (typeof sortColumns)[number];
  order: (typeof sortOrders)[number];
}

/** What is directly in a folder: objects, and folders as names without an id. Names are without the folder's own. */
export async function listObjects(query: Query, bucket: string, request: ListRequest): Promise<unknown[]> {
  const { prefix, search, limit, offset, column, order } = request;
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  return query(
    `with below as (
       select o.*, substr(o.name, length($2) + 1) as rest
       from storage.objects o
       where o.bucket_id = $1 and starts_with(lower(o.name), lower($2 || $3))
     ),
     entry as (
       select split_part(b.rest, '/', 1) as name, null::uuid as id, null::timestamptz as updated_at,
         null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
       from below b
       where b.rest like '%/%'
       group by 1
       union all
       select b.rest, b.id, b.updated_at, b.created_at, b.last_accessed_at, b.metadata
       from below b
       where b.rest not like '%/%'
     )
     select e.* from entry e
     order by e.${column} ${column === "name" ? 'collate "C"' : ""} ${order} nulls first, e.name collate "C" ${order}
     limit $4 offset $5`,
    [bucket, folder, search, limit, offset],
  );
}
