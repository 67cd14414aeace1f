import { quoteIdentifier } from "./identifier.ts";

/** A quoted part, in which a quote is doubled, or a part without quotes, taken as it is: nothing is folded to lower case. */
const PART = /^(?:"((?:[^"]|"")+)"|([^".(]+))/;

/**
 * Names joined with dots, such as "schema.table". A name that holds a dot, a quote or a parenthesis is written in quotes as
 * in Postgres, any other as it is. A single name is never split, so a dot in it needs no quotes.
 */
export function joinNames(names: readonly string[]): string {
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only.startsWith('"') ? quoteIdentifier(only) : only;
  return names.map((name) => (/[".(]/.test(name) ? quoteIdentifier(name) : name)).join(".");
}

/** The reverse, where any part may be in quotes; undefined if the text is not exactly so many names. */
export function splitNames(text: string, count: number): string[] | undefined {
  if (count === 1 && !text.startsWith('"')) return text === "" ? undefined : [text];
  const names = takeNames(text, count);
  return names?.rest === "" ? names.names : undefined;
}

/** The first `count` names of a text, and what comes after them. */
export function takeNames(text: string, count: number): { names: string[]; rest: string } | undefined {
  const names: string[] = [];
  let rest = text;
  while (names.length < count) {
    if (names.length > 0 && !rest.startsWith(".")) return undefined;
    const from = names.length > 0 ? rest.slice(1) : rest;
    const match = PART.exec(from);
    if (match === null) return undefined;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    rest = from.slice(match[0].length);
  }
  return { names, rest };
}
