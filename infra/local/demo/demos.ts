import type { Demo } from "./demo.ts";
import { storyDemo } from "./story.ts";

/** One demo for each system. */
export const demos: readonly Demo[] = [storyDemo];
