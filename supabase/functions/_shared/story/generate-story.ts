import { z } from "npm:zod@4.6.7";
import { type GeminiOptions, generateContent } from "../generator/gemini.ts";
import { listIssues } from "../list-issues.ts";
import { PermanentError } from "../worker/permanent-error.ts";
import type { JobHandler, Query } from "../worker.ts";
import { buildStoryPrompt } from "./build-story-prompt.ts";
import { storyParameters } from "./parameters.ts";

export interface GenerateStoryOptions {
  readonly query: Query;
  /** Schema of the story system. */
  readonly schema: string;
  readonly gemini: Omit<GeminiOptions, "apiKey">;
}

const story = z.object({
  title: z.string().min(1),
  story: z.string().min(1),
  vocabulary: z.array(z.object({ word: z.string(), reading: z.string(), meaning: z.string() })).default([]),
});

/** What is stored as the result of a `story_generation` job. */
export type Story = z.infer<typeof story>;

/** SQLSTATE of `no_data_found`. */
const noDataFound = "P0002";

const text = { type: "STRING" };
const responseSchema = {
  type: "OBJECT",
  properties: {
    title: text,
    story: text,
    vocabulary: {
      type: "ARRAY",
      items: { type: "OBJECT", properties: { word: text, reading: text, meaning: text } },
    },
  },
  required: ["title", "story"],
};

/** The handler of the queue's jobs: has the story written with the user's own API key. */
export function createStoryHandler({ query, schema, gemini }: GenerateStoryOptions): JobHandler {
  const selectApiKey = `select ${schema}.job_api_key_for($1::text::uuid, $2::text::bigint) as api_key`;

  /** The database says why when there is no usable key. */
  async function readApiKey(jobId: string, token: string): Promise<string> {
    const rows = await query(selectApiKey, [jobId, token]).catch((error) => {
      throw error.code === noDataFound ? new PermanentError(error.message) : error;
    });
    return String(rows[0]?.api_key);
  }

  return async (job, { token, signal }): Promise<Story> => {
    const type = job.row.job_type;
    if (type !== "story_generation")
      throw new PermanentError(`job type "${type}" is unknown; use "story_generation"`);
    const parameters = storyParameters.safeParse(job.row.parameters);
    if (!parameters.success)
      throw new PermanentError(`invalid parameters: ${listIssues(parameters.error, "parameters")}`);
    const apiKey = await readApiKey(job.id, token);
    const prompt = buildStoryPrompt(parameters.data);
    return parseStory(await generateContent({ ...gemini, apiKey }, { prompt, responseSchema, signal }));
  };
}

/** A model may miss the form once and meet it the next time, so this is worth another attempt. */
function parseStory(answer: string): Story {
  try {
    return story.parse(JSON.parse(answer));
  } catch {
    throw new Error("Gemini's answer is not a story in the form asked for");
  }
}
