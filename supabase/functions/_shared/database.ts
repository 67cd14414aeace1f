import type { Query } from "./worker.ts";

/** What the functions need of a database; `openPostgres` is the real one. */
export interface Database {
  readonly query: Query;
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transaction<Result>(work: (query: Query) => Promise<Result>): Promise<Result>;
}
