import type { Material } from "./read-file.ts";

/** The prompt for a file's cards. What the file says comes last, a line for each fact, as JSON text. */
export function buildCardsPrompt(facts: Material["facts"]): string {
  return [
    "Make flashcards from a file that a learner uploaded. Ask for what one can learn from it, one thing on each card.",
    'Answer with a JSON object: "cards", each with "front" (a short question) and "back" (its answer).',
    "What is known of the file, a line for each fact:",
    ...Object.entries(facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  ].join("\n");
}
