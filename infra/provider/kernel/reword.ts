import { knownPart } from "./check.ts";
import { type Drift, diffValues, topLevelKey } from "./diff.ts";
import type { Properties } from "./properties.ts";
import type { Facts, Inputs } from "./resource.ts";
import { readingContext, type Subject, type World } from "./world.ts";

/** The old inputs, in the words of the new ones where the resource says that both mean the same. */
export async function reword(
  world: () => World,
  subject: Subject,
  before: Properties,
  after: Properties,
  observed: Facts,
  drift: Drift,
): Promise<Inputs> {
  const { resource } = subject;
  // What somebody changed is shown, also where the program leaves it open.
  const drifted = Object.keys(drift).flatMap((fact) => resource.shownAs[fact] ?? []);
  const differing = diffValues(before, after)
    .map(topLevelKey)
    .filter((key) => !drifted.includes(key));
  if (resource.sameMeaning === undefined || differing.length === 0) return before;
  const context = readingContext(world(), subject);
  const same = await resource.sameMeaning(context, before, knownPart(after), observed);
  const reworded: Inputs = { ...before };
  for (const key of same.filter((each) => !drifted.includes(each))) {
    if (!(key in after)) delete reworded[key];
    else reworded[key] = after[key];
  }
  return reworded;
}
