import { FIXED_SEARCH_PATH } from "../postgres/database.ts";
import { type Claim, claimObject, findClaim, recordClaim } from "../postgres/ownership.ts";
import { sqlState } from "../postgres/sql-error.ts";
import { type Drift, describeDrift, driftSentences } from "./diff.ts";
import { isAsWanted } from "./is-as-wanted.ts";
import type { Outcome } from "./outcome.ts";
import type { Context, Facts, Inputs, KnownState, Resource } from "./resource.ts";
import { userError } from "./user-error.ts";
import { contextOf, readingContext, type Subject, type World } from "./world.ts";

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
  const adopts = known === undefined && inputs.adopt === true;
  const way = adopts && (await isAsWanted(world, subject, inputs)) ? "leave" : "make";
  if (!resource.atomic) return await applyInSteps(world, subject, inputs, known, way);
  const attempt = (chosen: Way) =>
    world.database.change((sql) =>
      applyOnce(contextOf(world, subject, sql), resource, inputs, known, chosen),
    );
  try {
    return await attempt(way);
  } catch (error) {
    if (!resource.remakeOn?.includes(sqlState(error) ?? "")) throw error;
    return await attempt("remake");
  }
}

/** What is done to the object itself; to claim and to observe it is always part of it. */
type Way = "leave" | "make" | "remake";

async function applyOnce(
  context: Context,
  resource: Resource,
  inputs: Inputs,
  known: KnownState<Inputs, Facts> | undefined,
  way: Way,
): Promise<Outcome> {
  const id = resource.id(inputs);
  const { sql } = context;
  // What needs no answer of the one before goes to the server together with it.
  const [found, ledgerRow] = await Promise.all([
    resource.read(context, id, known ?? { inputs }),
    findClaim(sql, resource.kind, id),
  ]);
  const claim = claimOf(context, resource, inputs, found !== undefined, known !== undefined);
  await recordClaim(sql, claim, ledgerRow);
  if (way === "leave" && found !== undefined) return { id, inputs, observed: found.facts };
  const [live, dropped] = way === "remake" ? [undefined, found] : [found, undefined];
  if (dropped !== undefined) {
    await resource.remove(context, id, known ?? { inputs, observed: dropped.facts }, true);
  }
  // A user's statement sees the schemas that it would see anywhere else.
  await Promise.all([
    sql.script("set local search_path to default"),
    resource.apply(context, inputs, live, known, dropped),
  ]);
  const [, outcome] = await Promise.all([
    sql.script(FIXED_SEARCH_PATH),
    observe(context, resource, id, inputs, known),
  ]);
  return outcome;
}

/** For objects outside the database: the claim is committed first, so that an interrupted call can be taken up again. */
async function applyInSteps(
  world: World,
  subject: Subject,
  inputs: Inputs,
  known: KnownState<Inputs, Facts> | undefined,
  way: Way,
): Promise<Outcome> {
  const { resource } = subject;
  const id = resource.id(inputs);
  const context = readingContext(world, subject);
  // Whether there is such an object, and what came of it, is not for an earlier answer to say.
  world.api.forget();
  const live = await resource.read(context, id, known ?? { inputs });
  const claim = claimOf(subject, resource, inputs, live !== undefined, known !== undefined);
  await world.database.change((sql) => claimObject(sql, claim));
  if (way === "leave" && live !== undefined) return { id, inputs, observed: live.facts };
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

function claimOf(
  subject: { urn: string },
  resource: Resource,
  inputs: Inputs,
  exists: boolean,
  inState: boolean,
): Claim {
  return {
    kind: resource.kind,
    noun: resource.noun,
    id: resource.id(inputs),
    urn: subject.urn,
    exists,
    // What is in Pulumi's state was made, imported or adopted before.
    adopt: inState || inputs.adopt === true,
    shared: resource.shared === true,
  };
}
