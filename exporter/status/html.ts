/** Markup that stands in a page as it is. Only `html` makes it, so that whatever else is put in is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may be put into markup; null and false leave nothing. */
export type Content = Html | string | number | null | false | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template of HTML. Values are escaped for text and for attributes in quotes, the only two places to put them. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(
    parts.map((part, index) => (index === 0 ? part : write(values[index - 1]) + part)).join(""),
  );
}

function write(content: Content | undefined): string {
  if (content instanceof Html) return content.text;
  if (content === null || content === undefined || content === false) return "";
  if (typeof content === "object") return content.map(write).join("");
  return String(content).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
