import type { Database } from "./database.ts";
import type { User } from "./user.ts";
import type { Query } from "./worker.ts";

/** Runs one statement with the user's own rights, so that row-level security decides what it sees and writes. */
export function queryAsUser(
  database: Database,
  user: User,
  ...statement: Parameters<Query>
): ReturnType<Query> {
  return database.transaction(async (query) => {
    // Local to the transaction, hence safe on pooled connections.
    await query(
      "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)",
      [JSON.stringify(user.claims)],
    );
    return query(...statement);
  });
}
