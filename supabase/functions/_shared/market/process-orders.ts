import type { Query } from "../worker.ts";

/** Orders of one transaction: few enough that nobody waits long for the market, and an end of the isolate loses little. */
const slice = 200;

/** Does a part of an environment's pending orders in one transaction; answers how many they were. `schema` is SQL. */
export function createOrderProcessing(query: Query, schema: string): () => Promise<number> {
  const statement = `select ${schema}.process_all_pending_orders($1::text::int) as done`;
  return async () => {
    const [row] = await query(statement, [String(slice)]);
    return Number(row?.done);
  };
}
