/** Quotes a name for use in a statement. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"`. */
export function quoteQualified(...names: readonly string[]): string {
  return names.map(quoteIdentifier).join(".");
}

/** A name in a text for people: in quotes only where SQL needs them, as far as that can be told without its keywords. */
export function plainIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteIdentifier(name);
}

/** A text literal, for the utility statements that take no parameters. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** A role in GRANT and REVOKE, where "public" means everyone and must not be quoted. */
export function quoteGrantee(role: string): string {
  return role === "public" ? "public" : quoteIdentifier(role);
}

/** Dollar-quotes a text with a tag that does not occur in it. */
export function dollarQuote(text: string): string {
  let tag = "$cmd$";
  for (let number = 1; text.includes(tag); number++) tag = `$cmd${number}$`;
  return `${tag}${text}${tag}`;
}
