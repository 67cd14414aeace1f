/**
 * A word is an identifier, keyword or number, in lower case; a name was in double quotes; a text is what stands between
 * quotes or dollar quotes. `start` and `end` are its place.
 */
export interface SqlToken {
  kind: "word" | "name" | "text" | "sign";
  text: string;
  start: number;
  end: number;
}

// In this order: what begins earlier in the text wins, and within one position the first alternative.
const TOKEN =
  /(?<skip>\s+|--[^\n]*)|(?<comment>\/\*)|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|(?<text>'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*")|(?<word>[\w\u0080-\uffff][\w$.\u0080-\uffff]*)|(?<sign>::|[\s\S])/gy;

/** The tokens of a statement; undefined where it holds what this reader does not know, such as E'...' or an open quote. */
export function sqlTokens(sql: string): SqlToken[] | undefined {
  const tokens: SqlToken[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match !== null; match = TOKEN.exec(sql)) {
    const { comment, dollar, text, name, word, sign } = match.groups ?? {};
    const start = match.index;
    if (comment !== undefined) {
      const end = commentEnd(sql, TOKEN.lastIndex);
      if (end === undefined) return undefined;
      TOKEN.lastIndex = end;
    } else if (dollar !== undefined) {
      const close = sql.indexOf(dollar, TOKEN.lastIndex);
      if (close < 0) return undefined;
      tokens.push({
        kind: "text",
        text: sql.slice(TOKEN.lastIndex, close),
        start,
        end: close + dollar.length,
      });
      TOKEN.lastIndex = close + dollar.length;
    } else if (text !== undefined || name !== undefined) {
      // A letter before the quote would give the backslashes in it, or all of it, another meaning.
      if (tokens.at(-1)?.kind === "word" && tokens.at(-1)?.end === start) return undefined;
      const quote = text === undefined ? '"' : "'";
      const inner = (text ?? name ?? "").slice(1, -1).replaceAll(quote + quote, quote);
      tokens.push({ kind: text === undefined ? "name" : "text", text: inner, start, end: TOKEN.lastIndex });
    } else if (word !== undefined) {
      tokens.push(...words(word, start));
    } else if (sign !== undefined) {
      if (sign === "'" || sign === '"') return undefined;
      tokens.push({ kind: "sign", text: sign, start, end: TOKEN.lastIndex });
    }
  }
  return tokens;
}

/** "a.b" is three tokens and "1.5" one. */
function words(text: string, start: number): SqlToken[] {
  const pieces = /^\d/.test(text) ? [text] : text.split(/(\.)/).filter((piece) => piece !== "");
  let position = start;
  return pieces.map((piece) => {
    const token: SqlToken = {
      kind: piece === "." ? "sign" : "word",
      text: piece.toLowerCase(),
      start: position,
      end: position + piece.length,
    };
    position = token.end;
    return token;
  });
}

/** Comments nest in Postgres. */
function commentEnd(sql: string, from: number): number | undefined {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let depth = 1; depth > 0; ) {
    const match = edge.exec(sql);
    if (match === null) return undefined;
    depth += match[0] === "/*" ? 1 : -1;
  }
  return edge.lastIndex;
}
