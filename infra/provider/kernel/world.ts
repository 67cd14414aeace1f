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
  info(message: string): void;
}

/** What reads with: the server refuses every change, and the queries of reads under way at once go together. */
export function readingContext(world: World, subject: Subject): Context {
  return contextOf(world, subject, world.database.reader);
}

/** What the resource gets to work with; `sql` runs its statements. */
export function contextOf(world: World, subject: Subject, sql: Sql): Context {
  return {
    sql,
    database: world.database,
    api: world.api,
    urn: subject.urn,
    warn: (text) => subject.warn(text),
    info: (text) => subject.info(text),
  };
}
