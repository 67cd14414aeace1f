import { FIXED_SEARCH_PATH, type Sql } from "./database.ts";

/** Runs a user's statement with the schemas that it would see anywhere else; all around it the search path is fixed. */
export async function runDefinition(sql: Sql, definition: string): Promise<void> {
  await sql.script("set local search_path to default");
  await sql.statement(definition);
  await sql.script(FIXED_SEARCH_PATH);
}
