// In this order: what begins earlier in the text wins, and within one position the first alternative.
const TOKEN =
  /--[^\n]*|\/\*|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|;/g;

/**
 * The statements of a script without comments and with empty quotes, so that only their words are left to look at;
 * with `names` quoted names are left as they are.
 */
export function statementsOf(script: string, { names = false } = {}): string[] {
  let plain = "";
  let position = 0;
  for (let match = nextToken(script, 0); match !== null; match = nextToken(script, position)) {
    plain += script.slice(position, match.index);
    const end = tokenEnd(script, match);
    plain += names && match[0].startsWith('"') ? match[0] : plainToken(match[0]);
    position = end;
  }
  plain += script.slice(position);
  return plain
    .split("\0")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

function plainToken(token: string): string {
  if (token === ";") return "\0";
  return token.startsWith("-") || token === "/*" ? " " : "''";
}

function nextToken(script: string, from: number): RegExpExecArray | null {
  TOKEN.lastIndex = from;
  return TOKEN.exec(script);
}

function tokenEnd(script: string, match: RegExpExecArray): number {
  const [token] = match;
  const after = match.index + token.length;
  if (token === "/*") return commentEnd(script, after);
  if (!token.startsWith("$")) return after;
  const close = script.indexOf(token, after);
  return close < 0 ? script.length : close + token.length;
}

/** Comments nest in Postgres. */
function commentEnd(script: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let depth = 1; depth > 0; ) {
    const match = edge.exec(script);
    if (match === null) return script.length;
    depth += match[0] === "/*" ? 1 : -1;
  }
  return edge.lastIndex;
}
