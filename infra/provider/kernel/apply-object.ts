import { FIXED_SEARCH_PATH, type Sql } from "../postgres/database.ts";
import { claimObject } from "../postgres/ownership.ts";
import { sqlState } from "../postgres/sql-error.ts";
import { type Drift, describeDrift, driftSentences } from "./diff.ts";
import type { Outcome } from "./outcome.ts";
import type { Context, Facts, Inputs, KnownState, Resource } from "./resource.ts";
import { userError } from "./user-error.ts";
import { contextOf, readOnly, type Subject, type World } from "./world.ts";

/** Creates the object or, where `known` says what is in Pulumi's state, updates it; then observes what came of it. */
export async function applyObject(
  world: World,
  subject: Subject,
  inputs: Inputs,
  known: KnownState<Inputs, Facts> | undefined,
  hideValues: boolean,
): Promise<Outcome> {
  const outcome = await apply(world, subject, inputs, known);
  const { unrepaired } = subject.resource;
  if (unrepaired === undefined || known === undefined) return outcome;
  const live = outcome.observed;
  const observed = { ...live, ...unrepaired.baseline(known.observed, live) };
  const drift = describeDrift(observed, live, hideValues);
  if (Object.keys(drift).length === 0) return { ...outcome, observed };
  subject.warn(unrepairedText(subject.resource, outcome.id, drift));
  return { ...outcome, observed, drift };
}

async function apply(
  world: World,
  subject: Subject,
  inputs: Inputs,
  known: KnownState<Inputs, Facts> | undefined,
): Promise<Outcome> {
  const { resource } = subject;
  if (!resource.atomic) return await applyInSteps(world, subject, inputs, known);
  const attempt = (remake: boolean) =>
    world.database.change((sql) =>
      applyOnce(contextOf(world, subject, sql), resource, inputs, known, remake),
    );
  try {
    return await attempt(false);
  } catch (error) {
    if (!resource.remakeOn?.includes(sqlState(error) ?? "")) throw error;
    return await attempt(true);
  }
}

async function applyOnce(
  context: Context,
  resource: Resource,
  inputs: Inputs,
  known: KnownState<Inputs, Facts> | undefined,
  remake: boolean,
): Promise<Outcome> {
  const id = resource.id(inputs);
  const { sql } = context;
  let live = await resource.read(context, id, known ?? { inputs });
  await claim(sql, context, resource, inputs, live !== undefined, known !== undefined);
  if (remake && live !== undefined) {
    await resource.remove(context, id, known ?? { inputs, observed: live.facts }, true);
    live = undefined;
  }
  // A user's statement sees the schemas that it would see anywhere else.
  await sql.script("set local search_path to default");
  await resource.apply(context, inputs, live, known);
  await sql.script(FIXED_SEARCH_PATH);
  return await observe(context, resource, id, inputs, known);
}

/** For objects outside the database: the claim is committed first, so that an interrupted call can be taken up again. */
async function applyInSteps(
  world: World,
  subject: Subject,
  inputs: Inputs,
  known: KnownState<Inputs, Facts> | undefined,
): Promise<Outcome> {
  const { resource } = subject;
  const id = resource.id(inputs);
  // Whether there is such an object, and what came of it, is not for an earlier answer to say.
  world.api.forget();
  const live = await readOnly(world, subject, (context) => resource.read(context, id, known ?? { inputs }));
  await world.database.change((sql) =>
    claim(sql, subject, resource, inputs, live !== undefined, known !== undefined),
  );
  const context = contextOf(world, subject, world.database.reader);
  try {
    await resource.apply(context, inputs, live, known);
    return await observe(context, resource, id, inputs, known);
  } finally {
    world.api.forget();
  }
}

async function observe(
  context: Context,
  resource: Resource,
  id: string,
  inputs: Inputs,
  known: KnownState<Inputs, Facts> | undefined,
): Promise<Outcome> {
  const live = await resource.read(context, id, known === undefined ? { inputs } : { ...known, inputs });
  if (live === undefined) {
    throw userError(
      resource.noun,
      id,
      "is not there after it was made",
      "try again, and see what else removes it",
    );
  }
  return { id, inputs, observed: live.facts };
}

/** One line for each change that stays. */
function unrepairedText({ noun, unrepaired }: Resource, id: string, drift: Drift): string {
  const lines = driftSentences(drift).map(({ path, sentence }) => `\n  ${path.at(-1)}: ${sentence}`);
  return `${noun} "${id}": what somebody changed is not put back; ${unrepaired?.advice}${lines.join("")}`;
}

async function claim(
  sql: Sql,
  subject: { urn: string },
  resource: Resource,
  inputs: Inputs,
  exists: boolean,
  inState: boolean,
): Promise<void> {
  await claimObject(sql, {
    kind: resource.kind,
    noun: resource.noun,
    id: resource.id(inputs),
    urn: subject.urn,
    exists,
    // What is in Pulumi's state was made, imported or adopted before.
    adopt: inState || inputs.adopt === true,
    shared: resource.shared === true,
  });
}
