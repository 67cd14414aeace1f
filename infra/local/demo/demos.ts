import type { Demo } from "./demo.ts";
import { flashcardsDemo } from "./flashcards.ts";
import { marketDemo } from "./market.ts";
import { packsDemo } from "./packs.ts";
import { storyDemo } from "./story.ts";

/** One demo for each system. */
export const demos: readonly Demo[] = [storyDemo, flashcardsDemo, packsDemo, marketDemo];
