import type { SqlToken } from "./sql-tokens.ts";
import { TokenReader, UnreadableSqlError } from "./token-reader.ts";

/** A create trigger statement, taken apart as far as it can be told without asking Postgres. */
export interface CanonicalTrigger {
  /** One text for all ways to write the same, apart from what follows. */
  rest: string;
  /** The condition as it is written; empty if there is none. */
  condition: string;
  /** The function, with its schema only where that is written. */
  function: { schema: string | undefined; name: string };
}

/** Undefined for what it does not follow. */
export function canonicalTrigger(sql: string, defaultSchema: string): CanonicalTrigger | undefined {
  try {
    return read(new TokenReader(sql), sql, defaultSchema);
  } catch (error) {
    if (error instanceof UnreadableSqlError) return undefined;
    throw error;
  }
}

function read(reader: TokenReader, sql: string, defaultSchema: string): CanonicalTrigger {
  reader.expect("create");
  reader.skip("or", "replace");
  const constraint = reader.skip("constraint");
  reader.expect("trigger");
  const name = reader.identifier();
  const timing = reader.skip("instead", "of") ? "instead of" : reader.take().text;
  const events = readEvents(reader);
  const table = reader.qualified(defaultSchema);
  const options: string[] = [];
  let level = "statement";
  let condition = "";
  while (!reader.skip("execute")) {
    if (reader.skip("for")) {
      reader.skip("each");
      level = reader.take().text;
    } else if (reader.skip("when")) {
      condition = sourceOf(reader.parenthesized(), sql);
    } else {
      const token = reader.take();
      // "referencing new table as x", and the same without "as".
      if (token.kind !== "word" || token.text !== "as") options.push(token.text);
    }
  }
  if (!reader.skip("procedure")) reader.expect("function");
  const [schema, called] = reader.qualified(undefined);
  const args = reader.parenthesized().map(({ text }) => text);
  if (!reader.done) throw new UnreadableSqlError();
  return {
    rest: JSON.stringify({ constraint, name, timing, events, table, options, level, args }),
    condition,
    function: { schema, name: called },
  };
}

/** In any order; only the columns of an update have one, and that has no meaning. */
function readEvents(reader: TokenReader): string[] {
  const events: string[] = [];
  do {
    const event = reader.take().text;
    const columns: string[] = [];
    if (reader.skip("of"))
      do columns.push(reader.identifier());
      while (reader.skip(","));
    events.push([event, ...columns.sort()].join(" "));
  } while (reader.skip("or"));
  reader.expect("on");
  return events.sort();
}

/** A semicolon cannot stand in a condition; without one it is safe to ask Postgres about it. */
function sourceOf(tokens: readonly SqlToken[], sql: string): string {
  const [first] = tokens;
  if (first === undefined || tokens.some(({ kind, text }) => kind === "sign" && text === ";"))
    throw new UnreadableSqlError();
  return sql.slice(first.start, tokens.at(-1)?.end);
}
