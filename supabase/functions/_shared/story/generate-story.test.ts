import { describe, expect, it } from "vitest";
import { createStoryHandler } from "./generate-story.ts";

const written = {
  title: "きつね",
  story: "むかし。",
  vocabulary: [{ word: "a", reading: "b", meaning: "c" }],
};
const row = {
  job_type: "story_generation",
  parameters: { topic: "a fox", level: "N5", instructions: "", length: "short" },
};

interface Setup {
  answer?: string;
  apiKey?: () => Promise<Record<string, unknown>[]>;
}

function setup({
  answer = JSON.stringify(written),
  apiKey = async () => [{ api_key: "users-key" }],
}: Setup = {}) {
  const statements: unknown[] = [];
  const keys: unknown[] = [];
  const handler = createStoryHandler({
    query: (text, parameters) => {
      statements.push([text, ...parameters]);
      return apiKey();
    },
    schema: "story_staging",
    gemini: {
      baseUrl: "http://generator",
      model: "m",
      timeoutMs: 1_000,
      fetch: async (_, init) => {
        keys.push(new Headers(init?.headers).get("x-goog-api-key"));
        return Response.json({ candidates: [{ content: { parts: [{ text: answer }] } }] });
      },
    },
  });
  const context = {
    queue: "story",
    attempt: 1,
    maxAttempts: 3,
    token: "7",
    progress: async () => true,
    signal: new AbortController().signal,
  };
  const run = (changes: Record<string, unknown> = {}) =>
    handler({ id: "job-1", row: { ...row, ...changes } }, context);
  return { run, statements, keys };
}

describe("story handler", () => {
  it("has the story written with the user's own key", async () => {
    const { run, statements, keys } = setup();
    expect(await run()).toEqual(written);
    expect(keys).toEqual(["users-key"]);
    expect(statements).toEqual([
      ["select story_staging.job_api_key_for($1::text::uuid, $2::text::bigint) as api_key", "job-1", "7"],
    ]);
  });

  it("refuses job types it does not know, for good", async () => {
    await expect(setup().run({ job_type: "audio" })).rejects.toMatchObject({
      name: "PermanentError",
      message: 'job type "audio" is unknown; use "story_generation"',
    });
  });

  it("lists all that is wrong with the parameters, for good", async () => {
    await expect(setup().run({ parameters: { topic: " ", level: "N9" } })).rejects.toMatchObject({
      name: "PermanentError",
      message: expect.stringMatching(
        /^invalid parameters: topic: must be a non-empty string; level: Invalid option/,
      ),
    });
  });

  it("passes on why there is no key, for good", async () => {
    const apiKey = () =>
      Promise.reject(Object.assign(new Error("the job has no API key"), { code: "P0002" }));
    await expect(setup({ apiKey }).run()).rejects.toMatchObject({
      name: "PermanentError",
      message: "the job has no API key",
    });
  });

  it("leaves another attempt when the database fails", async () => {
    const apiKey = () => Promise.reject(Object.assign(new Error("connection lost"), { code: "08006" }));
    await expect(setup({ apiKey }).run()).rejects.toMatchObject({
      name: "Error",
      message: "connection lost",
    });
  });

  it.each(["not json", "{}", '{"title":"","story":"x"}'])(
    "leaves another attempt after the answer %j",
    async (answer) => {
      await expect(setup({ answer }).run()).rejects.toMatchObject({
        name: "Error",
        message: "Gemini's answer is not a story in the form asked for",
      });
    },
  );
});
