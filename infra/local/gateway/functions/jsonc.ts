const comments = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const trailingCommas = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g;

/** Parses JSON that may hold comments and trailing commas, as `deno.json` may. Throws a SyntaxError. */
export function parseJsonc(text: string): unknown {
  const keepStrings = (_match: string, string: string | undefined) => string ?? "";
  return JSON.parse(text.replace(comments, keepStrings).replace(trailingCommas, keepStrings));
}
