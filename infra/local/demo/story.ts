import { UserError } from "../../user-error.ts";
import { callFunction } from "../call-function.ts";
import type { Demo, DemoContext } from "./demo.ts";
import { waitUntil } from "./wait-until.ts";

const heroes = ["A lighthouse keeper", "A shy robot", "Two snails", "The last dragon", "A night baker"];
const events = [
  "finds a letter",
  "misses the train",
  "learns to swim",
  "plants a tree",
  "hears a strange song",
];
const levels = ["N5", "N4", "Beginner"];

/** Ada orders stories through the API and reads what came of them. */
export const storyDemo: Demo = {
  system: "story",
  title: "Stories",
  async run(context) {
    const began = Date.now();
    const ids = await Promise.all(Array.from({ length: 5 }, () => orderStory(context)));
    const titles = await waitUntil("stories: all written", () => readTitles(context, ids));
    return `${titles.length} written in ${Date.now() - began} ms: ${titles.join(", ")}`;
  },
};

async function orderStory({ platform, random }: DemoContext): Promise<string> {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)];
  const created = await callFunction(platform.apiUrl, "job-creator", {
    job_type: "story_generation",
    parameters: {
      topic: `${pick(heroes)} ${pick(events)}`,
      level: pick(levels),
      length: "short",
      geminiApiKey: "example-key",
    },
  });
  return String(created.job_id);
}

async function readTitles({ database }: DemoContext, ids: string[]): Promise<string[] | undefined> {
  const { rows } = await database.query<{ status: string; title: string; error_message: string | null }>(
    "select status, result ->> 'title' as title, error_message from story.jobs where id = any ($1)",
    [ids],
  );
  const failed = rows.find(({ status }) => status === "failed");
  if (failed) throw new UserError(`a story failed: ${failed.error_message}`);
  const written = rows.filter(({ status }) => status === "completed");
  return written.length === ids.length ? written.map(({ title }) => title) : undefined;
}
