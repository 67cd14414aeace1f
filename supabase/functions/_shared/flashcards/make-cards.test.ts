import { describe, expect, it } from "vitest";
import { PermanentError } from "../worker.ts";
import { createCardsHandler } from "./make-cards.ts";

const facts = { file: "beach.png", size: "640 x 480 pixels" };
const cards = [{ front: "The file's size?", back: "640 x 480 pixels" }];

interface Setup {
  /** What the database says of the file; undefined when it is gone. */
  object?: { name: string; is_current: boolean } | undefined;
  saving?: { saved: boolean; replaced: string[] | null };
  answer?: string;
  damage?: string;
}

function setup(given: Setup = {}) {
  const {
    saving = { saved: true, replaced: [] },
    answer = JSON.stringify({ cards }),
    damage,
    object,
  } = { object: { name: "alice/holiday/beach.png", is_current: true }, ...given };
  const done: unknown[] = [];
  const handler = createCardsHandler({
    schema: '"flashcards"',
    buckets: { ingest: "ingest", thumbnails: "thumbnails" },
    query: async (text, parameters) => {
      if (!text.includes("save_cards")) return object === undefined ? [] : [object];
      done.push(["save", ...parameters]);
      return [saving];
    },
    files: {
      download: async (bucket, path) => {
        done.push(["download", bucket, path]);
        return new Uint8Array([1]);
      },
      upload: async (bucket, path, bytes, type) => {
        done.push(["upload", bucket, path, [...bytes], type]);
      },
      remove: async (bucket, paths) => {
        done.push(["remove", bucket, ...paths]);
      },
    },
    read: async (name, bytes) => {
      if (damage !== undefined) throw new PermanentError(damage);
      return { facts: { ...facts, file: name }, thumbnail: new Uint8Array([...bytes, 2]) };
    },
    gemini: {
      baseUrl: "http://generator",
      model: "m",
      apiKey: "k",
      timeoutMs: 1_000,
      fetch: async (_, init) => {
        const { contents } = JSON.parse(String(init?.body));
        done.push(["generate", contents[0].parts[1].inlineData]);
        return Response.json({ candidates: [{ content: { parts: [{ text: answer }] } }] });
      },
    },
  });
  const { signal } = new AbortController();
  const context = {
    queue: "flashcards",
    attempt: 1,
    maxAttempts: 3,
    token: "7",
    signal,
    progress: async () => true,
  };
  return { run: () => handler({ id: "job-1", row: {} }, context), done };
}

const thumbnail = "alice/holiday/job-1.jpg";
const untilSaved = [
  ["download", "ingest", "alice/holiday/beach.png"],
  ["generate", { mimeType: "image/jpeg", data: "AQI=" }],
  ["upload", "thumbnails", thumbnail, [1, 2], "image/jpeg"],
  ["save", "job-1", "7", JSON.stringify(cards), thumbnail],
];

describe("the cards' handler", () => {
  it("has cards written, stores a thumbnail beside its owner's files and saves both", async () => {
    const { run, done } = setup();
    expect(await run()).toEqual({ outcome: "made", cards: 1, thumbnail, facts });
    expect(done).toEqual([...untilSaved, ["remove", "thumbnails"]]);
  });

  it("removes the thumbnail that nothing shows any more", async () => {
    const { run, done } = setup({ saving: { saved: true, replaced: ["alice/holiday/old.jpg"] } });
    await run();
    expect(done.at(-1)).toEqual(["remove", "thumbnails", "alice/holiday/old.jpg"]);
  });

  it("leaves nothing behind when the file was replaced meanwhile", async () => {
    const { run, done } = setup({ saving: { saved: false, replaced: null } });
    expect(await run()).toEqual({ outcome: "replaced" });
    expect(done).toEqual([...untilSaved, ["remove", "thumbnails", thumbnail]]);
  });

  it.each([
    ["deleted", undefined],
    ["replaced", { name: "alice/beach.png", is_current: false }],
  ])("does nothing for a file that is %s", async (outcome, object) => {
    const { run, done } = setup({ object });
    expect(await run()).toEqual({ outcome });
    expect(done).toEqual([]);
  });

  it("stores nothing of a damaged file, and passes its reason on", async () => {
    const { run, done } = setup({ damage: "the image is damaged" });
    await expect(run()).rejects.toMatchObject({ name: "PermanentError", message: "the image is damaged" });
    expect(done).toEqual(untilSaved.slice(0, 1));
  });

  it.each(["no JSON", '{"cards": []}', '{"cards": [{"front": "q"}]}'])(
    "tries again after the answer %s",
    async (answer) => {
      const { run, done } = setup({ answer });
      await expect(run()).rejects.toMatchObject({
        name: "Error",
        message: "Gemini's answer is not a set of cards in the form asked for",
      });
      expect(done).toEqual(untilSaved.slice(0, 2));
    },
  );
});
