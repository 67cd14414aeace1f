import type { SqlToken } from "./sql-tokens.ts";
import { TokenReader, UnreadableSqlError } from "./token-reader.ts";

/**
 * One text for all ways to write the same function: layout, comments outside of its body, letter case, quotes, names of
 * types and the order of its clauses do not matter; the body does, to the last byte. Undefined for what it does not follow.
 */
export function canonicalFunction(sql: string, defaultSchema: string): string | undefined {
  try {
    return JSON.stringify(read(new TokenReader(sql), defaultSchema));
  } catch (error) {
    if (error instanceof UnreadableSqlError) return undefined;
    throw error;
  }
}

/** Other names of types, which Postgres never writes itself. */
const TYPES: Record<string, string> = {
  bool: "boolean",
  decimal: "numeric",
  dec: "numeric",
  float: "double precision",
  float4: "real",
  float8: "double precision",
  int: "integer",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  timestamptz: "timestamp with time zone",
  timetz: "time with time zone",
  varchar: "character varying",
};

/** Words that begin the next clause. */
const CLAUSES = new Set(
  "language transform window immutable stable volatile not leakproof called returns strict external security parallel cost rows support set as return begin".split(
    " ",
  ),
);

/** Clauses of one meaning; those that say what is so anyway have none. */
const SIMPLE: [words: string[], meaning: string | undefined][] = [
  [["immutable"], "immutable"],
  [["stable"], "stable"],
  [["volatile"], undefined],
  [["strict"], "strict"],
  [["returns", "null", "on", "null", "input"], "strict"],
  [["called", "on", "null", "input"], undefined],
  [["not", "leakproof"], undefined],
  [["leakproof"], "leakproof"],
  [["window"], "window"],
  [["external", "security", "definer"], "security definer"],
  [["security", "definer"], "security definer"],
  [["external", "security", "invoker"], undefined],
  [["security", "invoker"], undefined],
  [["parallel", "unsafe"], undefined],
  [["parallel", "restricted"], "parallel restricted"],
  [["parallel", "safe"], "parallel safe"],
];

function read(reader: TokenReader, defaultSchema: string) {
  reader.expect("create");
  reader.skip("or", "replace");
  const kind = reader.skip("procedure") ? "procedure" : "function";
  if (kind === "function") reader.expect("function");
  const name = reader.qualified(defaultSchema);
  const args = render(reader.parenthesized());
  const clauses: string[] = [];
  while (!reader.done) {
    const clause = readClause(reader);
    if (clause !== undefined) clauses.push(clause);
  }
  return { kind, name, args, clauses: clauses.sort() };
}

function readClause(reader: TokenReader): string | undefined {
  const simple = SIMPLE.find(([words]) => reader.skip(...words));
  if (simple !== undefined) return simple[1];
  if (reader.skip("returns")) return JSON.stringify(["returns", render(restOfClause(reader))]);
  if (reader.skip("language")) return JSON.stringify(["language", reader.take().text.toLowerCase()]);
  if (reader.skip("cost")) return JSON.stringify(["cost", reader.take().text]);
  if (reader.skip("rows")) return JSON.stringify(["rows", reader.take().text]);
  if (reader.skip("set")) return readSetting(reader);
  reader.expect("as");
  const body = reader.take();
  if (body.kind !== "text") throw new UnreadableSqlError();
  return JSON.stringify(["as", body.text]);
}

/** Postgres writes values in quotes, people often do not. */
function readSetting(reader: TokenReader): string {
  const [schema, name] = reader.qualified(undefined);
  if (!reader.skip("to")) reader.expect("=");
  const values = restOfClause(reader).map(({ text }) => text);
  return JSON.stringify(["set", schema, name, values]);
}

function restOfClause(reader: TokenReader): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let token = reader.peek(); token !== undefined && !reader.done; token = reader.peek()) {
    if (tokens.length > 0 && token.kind === "word" && CLAUSES.has(token.text)) break;
    tokens.push(reader.take());
  }
  return tokens;
}

function render(tokens: readonly SqlToken[]): string[] {
  return tokens.flatMap(({ kind, text }) => {
    if (kind === "text") return [`'${text}'`];
    if (kind === "word" && text === "in") return [];
    if (kind === "sign" && text === "=") return ["default"];
    return kind === "word" ? (TYPES[text] ?? text).split(" ") : [text];
  });
}
