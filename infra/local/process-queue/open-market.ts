import pg from "pg";
import { createOrderProcessing } from "../../../supabase/functions/_shared/market/process-orders.ts";
import type { Query } from "../../../supabase/functions/_shared/worker.ts";
import { UserError } from "../../user-error.ts";
import { marketSchema } from "./market-schema.ts";

/** The market of one database, as whoever processes its orders sees it. */
export interface Market {
  query: Query;
  countPending(): Promise<number>;
  /** Processes some orders in one transaction; answers how many, 0 when none is pending. */
  work(): Promise<number>;
  close(): Promise<void>;
}

/** Throws a UserError when the database cannot be reached or has no market. */
export async function openMarket(databaseUrl: string): Promise<Market> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: "process-queue",
    max: 2,
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks while nobody uses it; the next statement opens another.
  pool.on("error", () => {});
  try {
    const schema = pg.escapeIdentifier(await marketSchema(pool));
    const query: Query = async (text, parameters) => (await pool.query(text, [...parameters])).rows;
    return {
      query,
      work: createOrderProcessing(query, schema),
      countPending: async () => {
        const [row] = await query(
          `select count(*) as orders from ${schema}.queue where status = 'pending'`,
          [],
        );
        return Number(row?.orders);
      },
      close: () => pool.end(),
    };
  } catch (error) {
    await pool.end();
    throw error instanceof UserError ? error : unreachable(databaseUrl, error);
  }
}

function unreachable(databaseUrl: string, cause: unknown): UserError {
  const { host } = new URL(databaseUrl);
  // An error of several addresses that were tried has no message of its own.
  const [first = cause] = cause instanceof AggregateError ? cause.errors : [];
  const reason = first instanceof Error ? first.message : String(first);
  return new UserError(`the database at ${host} cannot be used: ${reason}`, [], { cause });
}
