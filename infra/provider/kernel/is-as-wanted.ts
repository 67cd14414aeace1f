import { inputChanges } from "./diff-response.ts";
import type { Properties } from "./properties.ts";
import type { Inputs } from "./resource.ts";
import { reword } from "./reword.ts";
import { readingContext, type Subject, type World } from "./world.ts";

/** Whether an object that is to be adopted is as the program says already: then nothing is done to it. */
export async function isAsWanted(world: World, subject: Subject, wanted: Inputs): Promise<boolean> {
  const { resource } = subject;
  // Of several that may be meant, making it says which.
  const live = await resource
    .read(readingContext(world, subject), resource.id(wanted), {})
    .catch(() => undefined);
  if (live === undefined) return false;
  const found = { ...resource.defaults, ...live.inputs } as Properties;
  const before = await reword(() => world, subject, found, wanted as Properties, live.facts, {});
  return inputChanges(resource, before, wanted).length === 0;
}
