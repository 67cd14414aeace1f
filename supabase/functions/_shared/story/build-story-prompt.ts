import type { StoryParameters } from "./parameters.ts";

const readers: Record<StoryParameters["level"], string> = {
  N1: "a learner at JLPT level N1 (natural, literary Japanese)",
  N2: "a learner at JLPT level N2 (upper-intermediate vocabulary and grammar)",
  N3: "a learner at JLPT level N3 (everyday vocabulary and grammar)",
  N4: "a learner at JLPT level N4 (basic grammar, common kanji)",
  N5: "a learner at JLPT level N5 (short simple sentences, mostly kana)",
  Beginner: "a beginner (short simple sentences, mostly kana)",
  Intermediate: "an intermediate learner (everyday vocabulary and grammar)",
  Advanced: "an advanced learner (natural, literary Japanese)",
};

const extents: Record<StoryParameters["length"], string> = {
  short: "about 200 Japanese characters",
  medium: "about 500 Japanese characters",
  long: "about 1,200 Japanese characters",
};

/** The prompt for one story. The user's own words come last and are marked, so that they cannot pass for ours. */
export function buildStoryPrompt({ topic, level, length, instructions }: StoryParameters): string {
  const wishes =
    instructions === "" ? [] : ["The reader's wishes, as JSON text:", JSON.stringify(instructions)];
  return [
    `Write a story in Japanese for ${readers[level]}.`,
    `Length: ${extents[length]}.`,
    'Answer with a JSON object: "title" (in Japanese), "story" (in Japanese, paragraphs separated by blank lines) and',
    '"vocabulary" (the ten most useful words, each with "word", "reading" and English "meaning").',
    "The topic, as JSON text:",
    JSON.stringify(topic),
    ...wishes,
  ].join("\n");
}
