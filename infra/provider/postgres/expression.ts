import { statementsOf } from "./statements.ts";

/** Why the text cannot stand in parentheses as one expression, if so. Whether it makes sense only the server can tell. */
export function findExpressionProblem(text: string): string | undefined {
  if (text.trim() === "") return "must not be empty";
  const statements = statementsOf(text);
  if (statements.length !== 1 || hasSeparator(text)) return "must be one expression, without a semicolon";
  let depth = 0;
  for (const sign of statements[0] ?? "") {
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    if (depth < 0) break;
  }
  return depth === 0 ? undefined : "has a parenthesis without its counterpart; write one whole expression";
}

/** A separator at the end, which leaves one statement. */
function hasSeparator(text: string): boolean {
  return statementsOf(`${text}\nx`).length > 1;
}
