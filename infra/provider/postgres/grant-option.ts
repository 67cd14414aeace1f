const SUFFIX = " with grant option";

/** A name and what Postgres writes behind it where its holder may pass it on: "anon with grant option". */
export interface Grantable {
  name: string;
  grantable: boolean;
}

/** SQL for the text that `parseGrantable` reads. */
export function grantableSql(name: string, isGrantable: string): string {
  return `${name} || case when ${isGrantable} then '${SUFFIX}' else '' end`;
}

export function parseGrantable(text: string): Grantable {
  const grantable = text.endsWith(SUFFIX);
  return { name: grantable ? text.slice(0, -SUFFIX.length) : text, grantable };
}
