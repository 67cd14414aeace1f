import type { Database, Sql } from "../postgres/database.ts";
import type { ManagementApi } from "../supabase/management-api.ts";
import type { Context, Resource } from "./resource.ts";

/** The world outside, as one configured provider sees it. */
export interface World {
  database: Database;
  api: ManagementApi;
}

/** Which object of which Pulumi resource a request is about. */
export interface Subject {
  resource: Resource;
  urn: string;
  warn(message: string): void;
}

/** Runs `work` where the server refuses every change. */
export async function readOnly<T>(
  world: World,
  subject: Subject,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  // A resource that works elsewhere must not hold a connection while it waits there.
  if (!subject.resource.atomic) return await work(contextOf(world, subject, world.database.reader));
  return await world.database.read((sql) => work(contextOf(world, subject, sql)));
}

/** What the resource gets to work with; `sql` runs its statements. */
export function contextOf(world: World, subject: Subject, sql: Sql): Context {
  return {
    sql,
    database: world.database,
    api: world.api,
    urn: subject.urn,
    warn: (text) => subject.warn(text),
  };
}
