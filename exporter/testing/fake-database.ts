import type { Database, Query } from "../database.ts";

type Answer = readonly object[] | Error;

/** Rows or an error per statement, found by the first key that the statement contains. */
export type Answers = Readonly<Record<string, Answer | ((values: readonly unknown[]) => Answer)>>;

/** A query that answers without a database; a statement that no key fits is an error. */
export function fakeQuery(answers: Answers): Query {
  return async <Row>(text: string, values: readonly unknown[] = []) => {
    const found = Object.entries(answers).find(([part]) => text.includes(part));
    if (!found) throw new Error(`fake database: no answer for "${text}"`);
    const answer = typeof found[1] === "function" ? found[1](values) : found[1];
    if (answer instanceof Error) throw answer;
    return answer as unknown as Row[];
  };
}

/** A database whose transactions run on `answers`; predicates are true unless answered otherwise. */
export function fakeDatabase(answers: Answers): Database & { transactions: number } {
  const query = fakeQuery({ ...answers, " as present": [{ present: true }] });
  const database = {
    transactions: 0,
    read: <T>(_limits: unknown, work: (query: Query) => Promise<T>) => {
      database.transactions += 1;
      return work(query);
    },
    write: <T>(_limits: unknown, work: (query: Query) => Promise<T>) => work(query),
    connections: () => ({ idle: 2, busy: 0 }),
    close: async () => undefined,
  };
  return database;
}

/** What the server reports with this SQLSTATE. */
export function sqlError(code: string): Error {
  return Object.assign(new Error(`error ${code}`), { code });
}
