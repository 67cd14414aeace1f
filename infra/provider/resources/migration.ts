import { z } from "zod";
import type { Context, InputProblem, Resource } from "../kernel/resource.ts";
import { UserError } from "../kernel/user-error.ts";
import { applyFile, existingRelations, takeOverFile } from "../postgres/apply-file.ts";
import type { Sql } from "../postgres/database.ts";
import {
  appliedFiles,
  ensureLedger,
  forgetMigration,
  madeRelations,
  recordFile,
  recordRelations,
  wasLeft,
} from "../postgres/migration-ledger.ts";
import { createdNames } from "../postgres/named-relations.ts";
import { claimedIds } from "../postgres/ownership.ts";
import { relationFacts, type WatchedRelation } from "../postgres/relation-facts.ts";
import { explainSqlError } from "../postgres/sql-error.ts";
import { baseline, type MigrationFacts, relationsAsFacts } from "./migration-facts.ts";
import {
  baselineProblems,
  digest,
  editedFiles,
  files,
  lateFiles,
  type MigrationFile,
  refusedStatements,
  reorderedFiles,
} from "./migration-files.ts";
import { adopt } from "./names.ts";

const inputs = z.strictObject({
  name: z.string().min(1, "must not be empty").describe("name of the set of files"),
  files: files.describe("files in the order they are applied"),
  baseline: z.array(z.string()).optional().describe("files of which all may have been made by hand before"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;

/**
 * Files applied once each, in order; the tables they make are never dropped. What somebody changes of these tables
 * shows in every preview and is never put back: files only roll forward.
 */
export const migration: Resource<Inputs, MigrationFacts> = {
  kind: "Migration",
  noun: "migration",
  schema: inputs,
  defaults: {},
  identity: ["name"],
  workingInputs: ["baseline"],
  shownAs: { applied: ["files"] },
  unrepaired: {
    baseline,
    advice: "undo it by hand, or append a file that changes or names what it is about and so settles it",
  },
  // Each file has its own transaction, so that a later one that fails leaves the earlier ones applied.
  atomic: false,

  id: ({ name }) => name,

  async derive({ sql, database, warn }, { name, files: declared = [], baseline: byHand = [] }, old) {
    if (name === undefined) return {};
    const applied = await appliedFiles(sql, name);
    const problems = problemsOf(declared, applied, byHand, old?.files ?? []);
    const taken = declared.filter((file) => byHand.includes(file.name) && !(file.name in applied));
    if (taken.length === 0) return { problems };
    return { problems: [...problems, ...(await database.read((tx) => takenOverFiles(tx, taken, warn)))] };
  },

  async read({ sql, database }, id, known) {
    const [applied, made, roles] = await Promise.all([
      appliedFiles(sql, id),
      madeRelations(sql, id),
      claimedIds(sql, "Role"),
    ]);
    if (Object.keys(applied).length === 0) return undefined;
    const expected = known.inputs?.files ?? Object.keys(applied).map((name) => ({ name, sql: "" }));
    const present = expected.filter(({ name }) => name in applied);
    const digests = present.map(({ name }) => [name, applied[name] ?? ""]);
    const watched = made.length > 0 ? made : await database.read((tx) => declaredRelations(tx, present));
    const relations = relationsAsFacts(
      await relationFacts(sql, watched, roles),
      roles,
      known.observed?.objects,
    );
    return {
      inputs: { name: id, files: present },
      facts: { applied: Object.fromEntries(digests), ...relations },
    };
  },

  async apply(context, { name, files: declared, baseline: byHand = [], adopt }) {
    const applied = await appliedFiles(context.sql, name);
    const problems = problemsOf(declared, applied, byHand, []);
    if (problems.length > 0)
      throw new UserError(problems.map(({ reason }) => `migration "${name}": ${reason}`).join("\n"));
    const waiting = declared.filter((file) => !(file.name in applied));
    if (waiting.length > 0) {
      const earlier = declared.filter((file) => file.name in applied);
      await watchEarlierFiles(context, name, earlier);
    }
    // Once one file was run, those behind it are about what it made anew.
    let taking: Taking = { byHand, left: adopt === true };
    for (const file of waiting) {
      if (!(await applyNext(context, name, file, taking))) taking = { ...taking, left: false };
    }
  },

  async remove({ database }, id) {
    await database.change((sql) => forgetMigration(sql, id));
  },
};

function problemsOf(
  declared: readonly MigrationFile[],
  applied: Record<string, string>,
  byHand: readonly string[],
  before: readonly MigrationFile[],
): InputProblem[] {
  return [
    ...editedFiles(declared, applied),
    ...lateFiles(declared, applied, byHand),
    ...reorderedFiles(declared, before, applied),
    ...refusedStatements(declared, applied),
    ...baselineProblems(declared, byHand),
  ];
}

/** For a ledger of an older version, which does not know what the files made: what they say they create. */
async function declaredRelations(sql: Sql, applied: readonly MigrationFile[]): Promise<WatchedRelation[]> {
  const { found } = await existingRelations(
    sql,
    applied.flatMap((file) => createdNames(file.sql)),
  );
  return found.map((relation) => ({ ...relation, parts: null, settledBy: "" }));
}

async function watchEarlierFiles(
  { database }: Context,
  migrationName: string,
  earlier: readonly MigrationFile[],
): Promise<void> {
  const [last] = earlier.slice(-1);
  if (last === undefined) return;
  await database.change(async (sql) => {
    await ensureLedger(sql);
    if ((await madeRelations(sql, migrationName)).length > 0) return;
    const relations = await declaredRelations(sql, earlier);
    await recordRelations(sql, { migration: migrationName, file: last.name }, relations);
  });
}

/** Files that are told to be made by hand, perhaps, and will not be run because what they create is there. */
async function takenOverFiles(
  sql: Sql,
  waiting: readonly MigrationFile[],
  warn: (message: string) => void,
): Promise<InputProblem[]> {
  const problems: InputProblem[] = [];
  for (const file of waiting) {
    const there = await existingRelations(sql, createdNames(file.sql));
    if (there.found.length === 0) continue;
    if (there.missing.length > 0)
      problems.push({ path: ["baseline"], reason: halfThere(file, there.missing) });
    else
      warn(`file "${file.name}" is recorded as applied without being run, because what it creates is there`);
  }
  return problems;
}

/** Which files need not be run, because what they do is there. */
interface Taking {
  /** Files of which all may have been made by hand. */
  byHand: readonly string[];
  /** Whether those count as applied that were when the migration was taken out of the program. */
  left: boolean;
}

/** Runs the file or, for true, records that it is applied already. */
async function applyNext(
  { database }: Context,
  migrationName: string,
  { name, sql: script }: MigrationFile,
  { byHand, left }: Taking,
): Promise<boolean> {
  const record = { migration: migrationName, file: name, sha256: digest(script) };
  try {
    return await database.change(async (sql) => {
      // Another deployment may have applied it while this one waited for its turn.
      if (name in (await appliedFiles(sql, migrationName))) return true;
      if (byHand.includes(name) && (await takeOverFile(sql, record, script))) return true;
      // What creates nothing that could be looked for.
      if (left && createdNames(script).length === 0 && (await wasLeft(sql, record))) {
        await recordFile(sql, record);
        return true;
      }
      await applyFile(sql, record, script);
      return false;
    });
  } catch (error) {
    throw explainSqlError(error, `migration "${migrationName}", file "${name}"${lineOf(error, script)}`);
  }
}

function halfThere({ name }: MigrationFile, missing: readonly string[]): string {
  return `file "${name}" creates ${missing.join(", ")}, which is not there, and other things that are; make what is missing by hand, or split the file`;
}

function lineOf(error: unknown, sql: string): string {
  const position = Number((error as { position?: string }).position);
  if (!Number.isInteger(position)) return "";
  return `, line ${sql.slice(0, position - 1).split("\n").length}`;
}
