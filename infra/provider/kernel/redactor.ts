const PLACEHOLDER = "[secret]";

// Shorter texts would blank out ordinary words and protect nothing worth the name.
const SHORTEST = 4;

/** Takes known secret values out of a text, in every form in which an error message may show them. */
export class Redactor {
  readonly #secrets: readonly string[];
  readonly #texts: readonly string[];
  readonly #forms: readonly string[];

  /** Of `texts` (a whole statement, say) also the parts that a message quotes are taken out. */
  constructor(secrets: Iterable<string>, texts: Iterable<string> = []) {
    this.#secrets = [...secrets];
    this.#texts = [...texts];
    const forms = new Set(
      [...this.#secrets, ...this.#texts].flatMap(formsOf).filter((form) => form.length >= SHORTEST),
    );
    // Longest first, so that a secret within a secret leaves no rest.
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
  }

  /** The same redactor with more secrets and texts. */
  with(secrets: Iterable<string>, texts: Iterable<string>): Redactor {
    return new Redactor([...this.#secrets, ...secrets], [...this.#texts, ...texts]);
  }

  readonly redact = (text: string): string => {
    const whole = this.#forms.reduce((redacted, form) => redacted.replaceAll(form, PLACEHOLDER), text);
    // Postgres shows where it stumbled: at or near "...".
    return whole.replace(/"([^"]+)"/g, (quoted, part: string) =>
      part.length >= SHORTEST && this.#texts.some((secret) => secret.includes(part))
        ? `"${PLACEHOLDER}"`
        : quoted,
    );
  };
}

/** As it is, in JSON, in a URL, in an SQL literal, and each line by itself because Postgres quotes single lines. */
function formsOf(secret: string): string[] {
  const lines = secret.includes("\n") ? secret.split("\n").map((line) => line.trim()) : [];
  return [secret, ...lines].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    text.replaceAll("'", "''"),
  ]);
}
