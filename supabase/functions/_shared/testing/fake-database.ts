import type { Database } from "../database.ts";

/** A database that gives the rows it was told to and remembers what it was asked, inside and outside transactions. */
export class FakeDatabase implements Database {
  readonly statements: { text: string; parameters: readonly unknown[] }[] = [];
  readonly #rows: Record<string, unknown>[];

  constructor(rows: Record<string, unknown>[] = []) {
    this.#rows = rows;
  }

  readonly query: Database["query"] = async (text, parameters) => {
    this.statements.push({ text, parameters });
    return this.#rows;
  };

  transaction<Result>(work: (query: Database["query"]) => Promise<Result>): Promise<Result> {
    return work(this.query);
  }
}
