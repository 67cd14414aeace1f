import { createHash } from "node:crypto";
import { z } from "zod";
import type { InputProblem } from "../kernel/resource.ts";
import { createdNames } from "../postgres/named-relations.ts";
import { statementsOf } from "../postgres/statements.ts";

const file = z.strictObject({
  name: z.string().min(1, "must not be empty").describe("name of the file"),
  sql: z.string().describe("the whole text"),
});

export type MigrationFile = z.infer<typeof file>;

/** Digests of the applied files by their names. */
type Applied = Record<string, string>;

export const files = z
  .array(file)
  .min(1, "has no file; give at least one")
  .superRefine((all, context) => {
    for (const [index, { name }] of all.entries()) {
      const first = all.findIndex((other) => other.name === name);
      if (first === index) continue;
      const message = `"${name}" is the name of files[${first}] too; give each file its own name`;
      context.addIssue({ code: "custom", path: [index, "name"], message });
    }
  });

/** Line ends differ between checkouts of the same file. */
export function digest(sql: string): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}

/** Applied files whose text is not what was applied. */
export function editedFiles(declared: readonly MigrationFile[], applied: Applied): InputProblem[] {
  return declared.flatMap(({ name, sql }, index) => {
    if (applied[name] === undefined || applied[name] === digest(sql)) return [];
    const reason = `file "${name}" was edited after it was applied; restore its text and put the change into a new file`;
    return [{ path: ["files", index, "sql"], reason }];
  });
}

/**
 * Files that stand before one that is applied already: here they would run after it, in a new database before it, and
 * the two would no longer be built the same way.
 */
export function lateFiles(
  declared: readonly MigrationFile[],
  applied: Applied,
  baseline: readonly string[],
): InputProblem[] {
  const last = declared.findLastIndex(({ name }) => name in applied);
  return declared.slice(0, Math.max(last, 0)).flatMap(({ name }, index) => {
    if (name in applied || baseline.includes(name)) return [];
    const reason = `file "${name}" is new, but stands before "${declared[last]?.name}", which is applied already; move it behind that one`;
    return [{ path: ["files", index, "name"], reason }];
  });
}

/** Applied files that stand in another order than before. */
export function reorderedFiles(
  declared: readonly MigrationFile[],
  before: readonly MigrationFile[],
  applied: Applied,
): InputProblem[] {
  const position = (name: string) => before.findIndex((old) => old.name === name);
  const old = declared.filter(({ name }) => name in applied && position(name) >= 0);
  return old.flatMap(({ name }, index) => {
    const earlier = old.slice(0, index).find((other) => position(other.name) > position(name));
    if (earlier === undefined) return [];
    const reason = `file "${name}" was applied before "${earlier.name}" and stands behind it now; restore the order`;
    return [{ path: ["files", declared.findIndex((each) => each.name === name), "name"], reason }];
  });
}

// Statements that end the transaction, or cannot run in one.
const REFUSED: { words: RegExp; reason: string }[] = [
  {
    words: /^(begin|start\s+transaction|commit|end|abort|rollback(?!\s+to)|prepare\s+transaction)\b/i,
    reason: "but runs as a whole in one transaction; remove it",
  },
  {
    words:
      /^(?:create\s+(?:unique\s+)?index\s+concurrently|drop\s+index\s+concurrently|reindex\b.*\bconcurrently|alter\s+table\b.*\bdetach\s+partition\b.*\bconcurrently)\b/is,
    reason:
      "which cannot run in a transaction, as every file does; write it without CONCURRENTLY, or for a table in use run it by hand first and write IF [NOT] EXISTS here",
  },
  {
    words: /^(?:vacuum|(?:create|drop)\s+(?:database|tablespace)|alter\s+system)\b/i,
    reason: "which cannot run in a transaction, as every file does; run it by hand",
  },
  {
    words: /^copy\b.*\bfrom\s+stdin\b/is,
    reason: "whose rows come from a client, and there is none; write an insert",
  },
];

/** Statements that no file may have that is yet to be applied. */
export function refusedStatements(declared: readonly MigrationFile[], applied: Applied): InputProblem[] {
  return declared.flatMap(({ name, sql }, index) => {
    if (name in applied) return [];
    const statements = statementsOf(sql);
    // The body of an SQL-standard function has statements of its own, and an end.
    const standardBody = statements.some((text) => /\bbegin\s+atomic\b/i.test(text));
    for (const statement of statements) {
      if (standardBody && /^end\b/i.test(statement)) continue;
      const refused = REFUSED.find(({ words }) => words.test(statement));
      if (refused === undefined) continue;
      const words = statement.match(refused.words)?.[0].toLowerCase().replace(/\s+/g, " ");
      return [
        { path: ["files", index, "sql"], reason: `file "${name}" contains "${words}", ${refused.reason}` },
      ];
    }
    return [];
  });
}

/** Names that are no file's, and files of which nobody can tell whether what they make is there. */
export function baselineProblems(
  declared: readonly MigrationFile[],
  baseline: readonly string[],
): InputProblem[] {
  return baseline.flatMap((name, index) => {
    const path = ["baseline", index];
    const named = declared.find((each) => each.name === name);
    if (named === undefined) return [{ path, reason: `"${name}" is not the name of a file; correct it` }];
    if (createdNames(named.sql).length > 0) return [];
    const reason = `file "${name}" creates no table, view, sequence or type by a statement of its own, so nothing tells whether it was applied by hand; put what it makes into the file that creates the table`;
    return [{ path, reason }];
  });
}
