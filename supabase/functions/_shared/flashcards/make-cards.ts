import { z } from "npm:zod@4.6.7";
import { type GeminiOptions, generateContent } from "../generator/gemini.ts";
import { encodeJson } from "../worker/encode-json.ts";
import type { JobHandler, Query } from "../worker.ts";
import { buildCardsPrompt } from "./build-cards-prompt.ts";
import type { FileStore } from "./file-store.ts";
import type { Material } from "./read-file.ts";

export interface MakeCardsOptions {
  readonly query: Query;
  /** Schema of the flashcards system, as SQL writes it. */
  readonly schema: string;
  readonly buckets: { readonly ingest: string; readonly thumbnails: string };
  readonly files: FileStore;
  readonly read: (name: string, bytes: Uint8Array) => Promise<Material>;
  readonly gemini: GeminiOptions;
}

/** What is stored as the result of a job. */
export type CardsResult =
  | {
      readonly outcome: "made";
      readonly cards: number;
      /** Path in the bucket of the thumbnails. */
      readonly thumbnail: string;
      readonly facts: Material["facts"];
    }
  /** Nothing was made: another upload, with a job of its own, took the file's place. */
  | { readonly outcome: "replaced" }
  /** Nothing was made: the file is gone. */
  | { readonly outcome: "deleted" };

const card = z.object({ front: z.string().min(1), back: z.string().min(1) });
const deck = z.object({ cards: z.array(card).min(1) });

type Card = z.infer<typeof card>;

const text = { type: "STRING" };
const responseSchema = {
  type: "OBJECT",
  properties: {
    cards: {
      type: "ARRAY",
      items: { type: "OBJECT", properties: { front: text, back: text }, required: ["front", "back"] },
    },
  },
  required: ["cards"],
};

/**
 * The handler of the queue's jobs: reads the uploaded file, has cards written of it, stores a thumbnail and saves both.
 * Doing it again gives the same file and the same rows.
 */
export function createCardsHandler(options: MakeCardsOptions): JobHandler {
  const { query, schema, buckets, files, read, gemini } = options;
  const selectObject = `select o.name, o.version is not distinct from j.object_version as is_current
    from ${schema}.jobs j join storage.objects o on o.id = j.object_id where j.id = $1::text::uuid`;
  const saveCards = `select saved, to_json(replaced) as replaced
    from ${schema}.save_cards($1::text::uuid, $2::text::bigint, $3::text::jsonb, $4::text)`;

  return async ({ id }, { token, signal }): Promise<CardsResult> => {
    const [object] = await query(selectObject, [id]);
    if (object === undefined) return { outcome: "deleted" };
    if (object.is_current !== true) return { outcome: "replaced" };
    const source = String(object.name);
    const folder = source.slice(0, source.lastIndexOf("/") + 1);
    const bytes = await files.download(buckets.ingest, source, signal);
    const { facts, thumbnail } = await read(source.slice(folder.length), bytes);
    const cards = await writeCards(facts, thumbnail, signal);
    const path = `${folder}${id}.jpg`;
    await files.upload(buckets.thumbnails, path, thumbnail, "image/jpeg");
    const [saving] = await query(saveCards, [id, token, encodeJson(cards), path]);
    const saved = saving?.saved === true;
    await files.remove(buckets.thumbnails, saved ? (saving.replaced as string[]) : [path]);
    return saved ? { outcome: "made", cards: cards.length, thumbnail: path, facts } : { outcome: "replaced" };
  };

  async function writeCards(
    facts: Material["facts"],
    thumbnail: Uint8Array,
    signal: AbortSignal,
  ): Promise<Card[]> {
    const image = { mimeType: "image/jpeg", bytes: thumbnail };
    const prompt = buildCardsPrompt(facts);
    return parseDeck(await generateContent(gemini, { prompt, image, responseSchema, signal }));
  }
}

/** A model may miss the form once and meet it the next time, so this is worth another attempt. */
function parseDeck(answer: string): Card[] {
  try {
    return deck.parse(JSON.parse(answer)).cards;
  } catch {
    throw new Error("Gemini's answer is not a set of cards in the form asked for");
  }
}
