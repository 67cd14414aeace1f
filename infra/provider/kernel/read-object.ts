import { describeDrift } from "./diff.ts";
import type { Outcome } from "./outcome.ts";
import type { Facts, Inputs, KnownState, LiveState, Resource } from "./resource.ts";
import { readingContext, type Subject, type World } from "./world.ts";

/** Undefined if the object is gone. Drifted facts come back as the inputs that a preview compares with the program. */
export async function readObject(
  world: World,
  subject: Subject,
  id: string,
  known: Partial<KnownState<Inputs, Facts>>,
  hideValues: boolean,
): Promise<Outcome | undefined> {
  const { resource } = subject;
  const live = await resource.read(readingContext(world, subject), id, known);
  if (live === undefined) return undefined;
  const { inputs, observed } = known;
  if (inputs === undefined) {
    // An import may name the object in another way, with quotes that are not needed.
    return {
      id: resource.id(live.inputs),
      inputs: { ...resource.defaults, ...live.inputs },
      observed: live.facts,
    };
  }
  // What an older version of the provider did not look at is watched from now on.
  const baseline = {
    ...live.facts,
    ...observed,
    ...(observed && resource.unrepaired?.baseline(observed, live.facts)),
  };
  const drift = describeDrift(baseline, live.facts, hideValues);
  if (Object.keys(drift).length === 0) return { id, inputs, observed: baseline };
  return { id, inputs: overlay(resource, inputs, live, Object.keys(drift)), observed: baseline, drift };
}

function overlay(
  resource: Resource,
  inputs: Inputs,
  live: LiveState<Inputs, Facts>,
  driftedFacts: readonly string[],
): Inputs {
  const shown = { ...inputs };
  const alive: Inputs = { ...resource.defaults, ...live.inputs };
  for (const key of driftedFacts.flatMap((fact) => resource.shownAs[fact] ?? [])) {
    if (alive[key] === undefined) delete shown[key];
    else shown[key] = alive[key];
  }
  return shown;
}
