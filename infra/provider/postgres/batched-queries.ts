import pg from "pg";
import type { Row, Sql } from "./database.ts";

interface Waiting {
  values: readonly unknown[];
  resolve(rows: Row[]): void;
  reject(error: unknown): void;
}

/** Pulumi's requests come in waves, spread over a few milliseconds: as long as a round trip that each would cost alone. */
const GATHER_MS = 3;

type Read = <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;

/**
 * Queries of readers that do not know of each other, in one transaction: those that come while it runs make up the next
 * one, and those of the same text become one query over all their values. So what Pulumi asks for at once costs a few
 * round trips, however many resources it asks about.
 */
export class BatchedQueries {
  readonly #read: Read;
  #waiting = new Map<string, Waiting[]>();
  #running = false;

  constructor(read: Read) {
    this.#read = read;
  }

  async query<R extends Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return await new Promise((resolve, reject) => {
      const group = this.#waiting.get(text) ?? [];
      group.push({ values, resolve: resolve as (rows: Row[]) => void, reject });
      this.#waiting.set(text, group);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#running) return;
    this.#running = true;
    setTimeout(async () => {
      const groups = this.#waiting;
      this.#waiting = new Map();
      await this.#run(groups);
      this.#running = false;
      if (this.#waiting.size > 0) this.#schedule();
    }, GATHER_MS);
  }

  async #run(groups: ReadonlyMap<string, readonly Waiting[]>): Promise<void> {
    const all = [...groups.values()].flat();
    try {
      const answers = await this.#read((sql) =>
        Promise.all([...groups].map(([text, group]) => ask(sql, text, group))),
      );
      for (const [index, rows] of answers.flat().entries()) all[index]?.resolve(rows);
    } catch (error) {
      if (all.length > 1 && isOneStatementsError(error)) await this.#runAlone(groups);
      else for (const { reject } of all) reject(error);
    }
  }

  /** One failed, and with it the transaction: by itself, each gets its own answer or error. */
  async #runAlone(groups: ReadonlyMap<string, readonly Waiting[]>): Promise<void> {
    const each = [...groups].flatMap(([text, group]) => group.map((waiting) => ({ text, ...waiting })));
    await Promise.all(
      each.map(({ text, values, resolve, reject }) =>
        this.#read((sql) => sql.query(text, values)).then(resolve, reject),
      ),
    );
  }
}

/** The rows for each of the group. */
async function ask(sql: Sql, text: string, group: readonly Waiting[]): Promise<Row[][]> {
  const parameters = group.map(({ values }) => values);
  if (parameters.every(({ length }) => length === 0)) {
    const rows = await sql.query(text);
    return group.map(() => rows.map((row) => ({ ...row })));
  }
  if (group.length === 1 || !parameters.flat().every(isText)) {
    return await Promise.all(parameters.map((values) => sql.query(text, values)));
  }
  const columns = (parameters[0] ?? []).map((_, column) => parameters.map((values) => values[column]));
  const answers: Row[][] = group.map(() => []);
  for (const { batch_place, ...row } of await sql.query(overMany(text, columns.length), columns)) {
    answers[Number(batch_place) - 1]?.push(row);
  }
  return answers;
}

function isText(value: unknown): boolean {
  return typeof value === "string" || value === null;
}

/** The query for every row of its parameters, each answer with the place of its row. With several lists, unnest() has no schema. */
function overMany(text: string, parameters: number): string {
  const numbers = Array.from({ length: parameters }, (_, index) => index + 1);
  return `
    select batch.place as batch_place, answer.*
      from unnest(${numbers.map((number) => `$${number}::text[]`).join(", ")})
           with ordinality as batch (${numbers.map((number) => `p${number}`).join(", ")}, place)
     cross join lateral (${text.replace(/\$(\d+)/g, "batch.p$1")}) as answer
     order by batch.place
  `;
}

/** Not the loss of the connection or the end of the server, which every other query would meet as well. */
function isOneStatementsError(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(08|53|57P)/.test(error.code ?? "");
}
