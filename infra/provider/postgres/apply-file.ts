import { isDeepStrictEqual } from "node:util";
import { FIXED_SEARCH_PATH, type Sql } from "./database.ts";
import {
  type AppliedFile,
  ensureLedger,
  forgetRelations,
  type MadeRelation,
  madeRelations,
  recordFile,
  recordRelations,
  settleRelations,
} from "./migration-ledger.ts";
import { createdNames, findRelations, mentions } from "./named-relations.ts";
import { type RelationFacts, type RelationName, relationFacts } from "./relation-facts.ts";
import { touchedRelations } from "./touched-relations.ts";

/** What a file sets for its session, as dumps do, must not hold for the next one. */
const RESET = `reset session authorization; reset role; reset all; discard temp; ${FIXED_SEARCH_PATH}`;

/** Runs a file in the transaction and records it, with the relations that it made, changed or dropped. */
export async function applyFile(sql: Sql, file: AppliedFile, script: string): Promise<void> {
  await ensureLedger(sql);
  const known = await madeRelations(sql);
  const own = await madeRelations(sql, file.migration);
  const before = await relationFacts(sql, known, []);
  await sql.script("set local search_path to default");
  await sql.script(script);
  const { found } = await findRelations(sql, createdNames(script));
  await sql.script(RESET);
  const after = await relationFacts(sql, known, []);
  const touched = await touchedRelations(sql);
  // A relation that was there before is watched as a whole if the file says "create ... if not exists" of it.
  const made = found.map((relation): MadeRelation => ({ ...relation, parts: null }));
  await recordRelations(sql, file, [...made, ...touched.filter((relation) => !found.some(same(relation)))]);
  const { settled, gone } = compare(
    before,
    after,
    (relation) => own.some(same(relation)) && mentions(script, relation),
  );
  await settleRelations(sql, file, settled);
  await forgetRelations(sql, gone);
  await recordFile(sql, file);
}

/** Records a file as applied without running it, and that what it creates is watched; false if not all of it is there. */
export async function takeOverFile(sql: Sql, file: AppliedFile, script: string): Promise<boolean> {
  const { found, missing } = await existingRelations(sql, createdNames(script));
  if (found.length === 0 || missing.length > 0) return false;
  await ensureLedger(sql);
  await recordRelations(
    sql,
    file,
    found.map((relation) => ({ ...relation, parts: null })),
  );
  await recordFile(sql, file);
  return true;
}

/** Which of the names mean something that is there, in a user's own session. */
export async function existingRelations(sql: Sql, names: readonly string[]) {
  await sql.script("set local search_path to default");
  const there = await findRelations(sql, names);
  await sql.script(FIXED_SEARCH_PATH);
  return there;
}

/**
 * Relations that the script changed, or of its own migration's speaks of, and those that it dropped, or says that they are
 * to stay gone. A word for another migration's relation may be a word of plain English.
 */
function compare(
  before: readonly RelationFacts[],
  after: readonly RelationFacts[],
  speaksOf: (relation: RelationName) => boolean,
) {
  const settled: RelationName[] = [];
  const gone: RelationName[] = [];
  for (const now of after) {
    const then = before.find(same(now));
    const mentioned = speaksOf(now);
    if (!now.present) {
      if (then?.present || mentioned) gone.push(now);
    } else if (mentioned || !isDeepStrictEqual(then?.entries, now.entries)) settled.push(now);
  }
  return { settled, gone };
}

function same(one: RelationName): (other: RelationName) => boolean {
  return (other) => one.kind === other.kind && one.schema === other.schema && one.name === other.name;
}
