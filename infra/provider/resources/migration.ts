import { createHash } from "node:crypto";
import { z } from "zod";
import type { Context, InputProblem, Resource } from "../kernel/resource.ts";
import { UserError } from "../kernel/user-error.ts";
import { appliedFiles, forgetMigration, recordFile } from "../postgres/migration-ledger.ts";
import { explainSqlError } from "../postgres/sql-error.ts";
import { statementsOf } from "../postgres/statements.ts";
import { adopt } from "./names.ts";

const file = z.strictObject({
  name: z.string().min(1, "must not be empty").describe("name of the file"),
  sql: z.string().describe("the whole text"),
});

const files = z
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

const inputs = z.strictObject({
  name: z.string().min(1, "must not be empty").describe("name of the set of files"),
  files: files.describe("files in the order they are applied"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
type File = z.infer<typeof file>;
/** Digest of each declared file that was applied, by name. */
type Facts = { applied: Record<string, string> };

/** Files applied once each, in order; the tables they make are never dropped. */
export const migration: Resource<Inputs, Facts> = {
  kind: "Migration",
  noun: "migration",
  schema: inputs,
  defaults: {},
  identity: ["name"],
  shownAs: { applied: ["files"] },
  // Each file has its own transaction, so that a later one that fails leaves the earlier ones applied.
  atomic: false,

  id: ({ name }) => name,

  async derive({ sql }, { name, files: declared = [] }) {
    if (name === undefined) return {};
    const applied = await appliedFiles(sql, name);
    return { problems: [...editedFiles(declared, applied), ...transactionControl(declared)] };
  },

  async read({ sql }, id, known) {
    const applied = await appliedFiles(sql, id);
    if (Object.keys(applied).length === 0) return undefined;
    const expected = known.inputs?.files ?? Object.keys(applied).map((name) => ({ name, sql: "" }));
    const present = expected.filter(({ name }) => name in applied);
    const digests = present.map(({ name }) => [name, applied[name] ?? ""]);
    return { inputs: { name: id, files: present }, facts: { applied: Object.fromEntries(digests) } };
  },

  async apply(context, { name, files: declared }) {
    const applied = await appliedFiles(context.sql, name);
    const edited = editedFiles(declared, applied);
    if (edited.length > 0)
      throw new UserError(edited.map(({ reason }) => `migration "${name}": ${reason}`).join("\n"));
    for (const next of declared.filter((each) => !(each.name in applied)))
      await applyFile(context, name, next);
  },

  async remove({ database }, id) {
    await database.change((sql) => forgetMigration(sql, id));
  },
};

/** Applied files whose text is not what was applied. */
function editedFiles(declared: readonly File[], applied: Record<string, string>): InputProblem[] {
  return declared.flatMap(({ name, sql }, index) => {
    if (applied[name] === undefined || applied[name] === digest(sql)) return [];
    const reason = `file "${name}" was edited after it was applied; restore its text and put the change into a new file`;
    return [{ path: ["files", index, "sql"], reason }];
  });
}

function transactionControl(declared: readonly File[]): InputProblem[] {
  return declared.flatMap(({ name, sql }, index) => {
    const statement = statementsOf(sql).find((text) =>
      /^(begin|start|commit|abort|rollback(?!\s+to))\b/i.test(text),
    );
    if (statement === undefined) return [];
    const word = statement.split(/\s/)[0]?.toLowerCase();
    const reason = `file "${name}" contains "${word}", but runs as a whole in one transaction; remove it`;
    return [{ path: ["files", index, "sql"], reason }];
  });
}

async function applyFile({ database }: Context, migrationName: string, next: File): Promise<void> {
  try {
    await database.change(async (sql) => {
      // Another deployment may have applied it while this one waited for its turn.
      if (next.name in (await appliedFiles(sql, migrationName))) return;
      await sql.script("set local search_path to default");
      await sql.script(next.sql);
      await recordFile(sql, { migration: migrationName, file: next.name, sha256: digest(next.sql) });
    });
  } catch (error) {
    throw explainSqlError(
      error,
      `migration "${migrationName}", file "${next.name}"${lineOf(error, next.sql)}`,
    );
  }
}

/** Line ends differ between checkouts of the same file. */
function digest(sql: string): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}

function lineOf(error: unknown, sql: string): string {
  const position = Number((error as { position?: string }).position);
  if (!Number.isInteger(position)) return "";
  return `, line ${sql.slice(0, position - 1).split("\n").length}`;
}
