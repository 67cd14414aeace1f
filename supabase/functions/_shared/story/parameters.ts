import { z } from "npm:zod@4.6.7";

export const levels = ["N1", "N2", "N3", "N4", "N5", "Beginner", "Intermediate", "Advanced"] as const;
export const lengths = ["short", "medium", "long"] as const;

/** What a story is generated from; the user's API key is kept apart from it. */
export const storyParameters = z.strictObject({
  topic: z.string().trim().min(1, "must be a non-empty string").max(500),
  level: z.enum(levels),
  length: z.enum(lengths).default("medium"),
  instructions: z.string().trim().max(4_000).default(""),
});

export type StoryParameters = z.infer<typeof storyParameters>;
