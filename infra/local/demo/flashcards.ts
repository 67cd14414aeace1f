import { StorageClient } from "@supabase/storage-js";
import { UserError } from "../../user-error.ts";
import { demoUserId, demoUserToken } from "../demo-user.ts";
import type { Demo, DemoContext } from "./demo.ts";
import { type Drawing, drawImage } from "./draw-image.ts";
import { waitUntil } from "./wait-until.ts";

const scenes = ["sunrise", "harbour", "meadow", "desert", "glacier", "night"];
const formats = ["JPEG", "PNG", "GIF", "WEBP"] as const;

interface Made {
  status: string;
  cards: number;
  error_message: string | null;
}

/** Ada uploads pictures, and one that was cut off on its way; all but that one become cards. */
export const flashcardsDemo: Demo = {
  system: "flashcards",
  title: "Flashcards",
  async run(context) {
    const began = Date.now();
    const names = await Promise.all(formats.map((format) => uploadPicture(context, format)));
    const damaged = await uploadPicture(context, "PNG", (bytes) => bytes.subarray(0, bytes.length / 2));
    const rows = await waitUntil("flashcards: all files done", () => readJobs(context, [...names, damaged]));
    const failed = rows.filter(({ status }) => status === "failed");
    if (failed.length !== 1) throw new UserError(`flashcards: ${failed.length} of the files failed, not one`);
    const cards = rows.reduce((sum, row) => sum + row.cards, 0);
    const took = Date.now() - began;
    return `${cards} cards from ${names.length} images in ${took} ms; a damaged one: ${failed[0]?.error_message}`;
  },
};

async function uploadPicture(
  { platform, random }: DemoContext,
  format: Drawing["format"],
  damage = (bytes: Uint8Array) => bytes,
): Promise<string> {
  const below = (limit: number) => Math.floor(random() * limit);
  const color = () => `#${below(0x1000000).toString(16).padStart(6, "0")}`;
  const size = { width: 320 + below(1_000), height: 240 + below(800) };
  const bytes = damage(await drawImage({ ...size, from: color(), to: color(), format }));
  const type = format.toLowerCase();
  const name = `${demoUserId}/${scenes[below(scenes.length)]}-${below(0x1000000).toString(16)}.${type}`;
  const client = new StorageClient(`${platform.apiUrl}/storage/v1`, {
    authorization: `Bearer ${await demoUserToken()}`,
  });
  const { error } = await client.from("ingest").upload(name, bytes, { contentType: `image/${type}` });
  if (error) throw new UserError(`flashcards: the upload failed: ${error.message}`);
  return name;
}

async function readJobs({ database }: DemoContext, names: string[]): Promise<Made[] | undefined> {
  const { rows } = await database.query<Made>(
    `select j.status, j.error_message,
       (select count(*)::int from flashcards.cards c where c.object_id = j.object_id) as cards
     from flashcards.jobs j where j.object_name = any ($1) and j.status in ('done', 'failed')`,
    [names],
  );
  return rows.length === names.length ? rows : undefined;
}
