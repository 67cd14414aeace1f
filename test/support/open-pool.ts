import pg from "pg";

/**
 * A pool of which idle connections may be cut: by the test itself, or by a server that stops while connections of an
 * ended pool are still on their way out (`end` does not wait for them). Queries that are cut still fail loudly.
 */
export function openPool(connectionString: string, max?: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on("error", () => {});
  return pool;
}
