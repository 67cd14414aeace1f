import { type SqlToken, sqlTokens } from "./sql-tokens.ts";

/** Thrown where a statement is written in a way that a reader does not follow. */
export class UnreadableSqlError extends Error {}

/** Reads one statement from its first token to its last. */
export class TokenReader {
  readonly #tokens: SqlToken[];
  #next = 0;

  constructor(sql: string) {
    const tokens = sqlTokens(sql);
    if (tokens === undefined) throw new UnreadableSqlError();
    this.#tokens = tokens;
  }

  /** Nothing but a semicolon is left. */
  get done(): boolean {
    return this.#tokens.slice(this.#next).every(({ kind, text }) => kind === "sign" && text === ";");
  }

  peek(ahead = 0): SqlToken | undefined {
    return this.#tokens[this.#next + ahead];
  }

  take(): SqlToken {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw new UnreadableSqlError();
    return token;
  }

  /** Takes these keywords or signs if they are what comes next. */
  skip(...texts: string[]): boolean {
    const here = texts.every((text, ahead) => {
      const token = this.peek(ahead);
      return token?.text === text && (token.kind === "word" || token.kind === "sign");
    });
    if (here) this.#next += texts.length;
    return here;
  }

  expect(...texts: string[]): void {
    if (!this.skip(...texts)) throw new UnreadableSqlError();
  }

  identifier(): string {
    const token = this.take();
    if (token.kind !== "word" && token.kind !== "name") throw new UnreadableSqlError();
    return token.text;
  }

  /** [schema, name]; the schema is the default one where none is written. */
  qualified(defaultSchema: string | undefined): [string | undefined, string] {
    const first = this.identifier();
    return this.skip(".") ? [first, this.identifier()] : [defaultSchema, first];
  }

  /** What stands in the parentheses that come next. */
  parenthesized(): SqlToken[] {
    this.expect("(");
    const inner: SqlToken[] = [];
    for (let depth = 1; ; ) {
      const token = this.take();
      if (token.kind === "sign" && token.text === "(") depth++;
      if (token.kind === "sign" && token.text === ")") depth--;
      if (depth === 0) return inner;
      inner.push(token);
    }
  }
}
