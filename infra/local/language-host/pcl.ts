/** A value as Pulumi's configuration language (PCL) writes it. */
export type PclValue =
  | { kind: "literal"; value: string | number | boolean | null }
  | { kind: "list"; items: PclValue[] }
  | { kind: "object"; entries: [string, PclValue][] }
  | { kind: "reference"; path: string }
  | { kind: "call"; name: string; arguments: PclValue[] };

export interface PclResource {
  name: string;
  type: string;
  inputs: [string, PclValue][];
  options: [string, PclValue][];
}

/** Reads the part of PCL that `pulumi import` writes: resources, their inputs and options; not their packages. Throws at anything else. */
export function parsePcl(source: string): PclResource[] {
  return new Parser(source).resources();
}

const TOKEN =
  /\s+|#[^\n]*|("(?:\\.|[^"\\])*"|-?\d[\d.eE+-]*|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\])*|[{}[\](),=:])|(.)/gs;

function tokensOf(source: string): string[] {
  return [...source.matchAll(TOKEN)].flatMap(([, token, other]) => {
    if (other !== undefined) throw unexpected(other);
    return token === undefined ? [] : [token];
  });
}

function unexpected(found: string): Error {
  return new Error(
    `the imported resource cannot be written as TypeScript: ${found} was not expected in its PCL`,
  );
}

/** What a string literal stands for. Its escapes are JSON's, and doubled signs where a template would begin. */
function text(literal: string): string {
  return (JSON.parse(literal) as string).replaceAll("$${", "${").replaceAll("%%{", "%{");
}

class Parser {
  readonly #tokens: string[];
  #next = 0;

  constructor(source: string) {
    this.#tokens = tokensOf(source);
  }

  resources(): PclResource[] {
    const resources: PclResource[] = [];
    while (this.#peek() !== undefined) {
      if (this.#skip("package")) {
        this.#word();
        this.#block(() => false);
        continue;
      }
      this.#take("resource");
      const name = this.#word();
      const type = text(this.#word());
      const options: [string, PclValue][] = [];
      const inputs = this.#block((key) => {
        if (key !== "options" || this.#peek() !== "{") return false;
        options.push(...this.#block(() => false));
        return true;
      });
      resources.push({ name, type, inputs, options });
    }
    return resources;
  }

  #block(nested: (key: string) => boolean): [string, PclValue][] {
    const entries: [string, PclValue][] = [];
    this.#take("{");
    while (!this.#skip("}")) {
      const key = this.#word();
      if (nested(key)) continue;
      if (!this.#skip("=")) this.#take(":");
      entries.push([key.startsWith('"') ? text(key) : key, this.#value()]);
      this.#skip(",");
    }
    return entries;
  }

  #value(): PclValue {
    const token = this.#peek();
    if (token === "{") return { kind: "object", entries: this.#block(() => false) };
    if (this.#skip("[")) return { kind: "list", items: this.#list("]") };
    const word = this.#word();
    if (word.startsWith('"')) return { kind: "literal", value: text(word) };
    if (/^-?\d/.test(word)) return { kind: "literal", value: Number(word) };
    if (word === "null") return { kind: "literal", value: null };
    if (word === "true" || word === "false") return { kind: "literal", value: word === "true" };
    if (this.#skip("(")) return { kind: "call", name: word, arguments: this.#list(")") };
    return { kind: "reference", path: word };
  }

  #list(end: string): PclValue[] {
    const items: PclValue[] = [];
    while (!this.#skip(end)) {
      items.push(this.#value());
      this.#skip(",");
    }
    return items;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  #word(): string {
    const token = this.#tokens[this.#next++];
    if (token === undefined || /^[{}[\](),=:]$/.test(token)) throw unexpected(token ?? "the end");
    return token;
  }

  #skip(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#next++;
    return true;
  }

  #take(token: string): void {
    if (!this.#skip(token)) throw unexpected(this.#peek() ?? "the end");
  }
}
