import pg from "pg";

/** Names as a system's SQL files have them, each with the one that it gets. */
export interface SqlNames {
  /** Schemas, where they qualify a name: `story` in `story.jobs`. */
  schemas: Readonly<Record<string, string>>;
  /** Whole text literals, for instance a queue's name: `'story'`. */
  texts: Readonly<Record<string, string>>;
}

/** Comments, text literals, and names before a dot. The bodies of functions are read like the rest. */
const token =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|(?<![\w$.])("?)([a-z_]\w*)\1(?=\.)/g;

/**
 * SQL under other names. A system's files are written with its plain names, so that each can be read, and run by hand,
 * as it stands; an environment that shares a database deploys them under its own. Comments stay as they are, and so does
 * every byte when no name changes. No alias and no variable of a file may bear the name of a schema.
 */
export function renameSql(sql: string, { schemas, texts }: SqlNames): string {
  return sql.replace(token, (found: string, quote: string | undefined, name: string | undefined) => {
    if (name !== undefined)
      return replacement(schemas, name, pg.escapeIdentifier) ?? `${quote}${name}${quote}`;
    if (!found.startsWith("'")) return found;
    return replacement(texts, found.slice(1, -1).replaceAll("''", "'"), pg.escapeLiteral) ?? found;
  });
}

function replacement(
  names: Readonly<Record<string, string>>,
  name: string,
  quote: (name: string) => string,
): string | undefined {
  const other = Object.hasOwn(names, name) ? names[name] : undefined;
  return other === undefined || other === name ? undefined : quote(other);
}
