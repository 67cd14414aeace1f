import { UserError } from "../../user-error.ts";
import { demoUserId } from "../demo-user.ts";
import type { Demo, DemoContext } from "./demo.ts";
import { waitUntil } from "./wait-until.ts";

const animals = ["a fox", "an owl", "two otters", "a hedgehog", "a heron"];
const styles = ["in watercolour", "as a woodcut", "in crayon", "as a stamp"];

interface Pack {
  status: "completed" | "failed";
  images: number;
  retried: number;
  error_message: string | null;
}

/** Ada's application orders packs of images, of which one is difficult and one impossible. */
export const packsDemo: Demo = {
  system: "packs",
  title: "Image packs",
  async run(context) {
    const began = Date.now();
    const ids = [
      await orderPack(context, 4, {}),
      await orderPack(context, 3, { failures: 1, status: 503 }),
      await orderPack(context, 2, { failures: 1, status: 422 }),
    ];
    const packs = await waitUntil("image packs: all ended", () => readPacks(context, ids));
    const [easy, difficult, impossible] = packs;
    if (easy?.status !== "completed" || difficult?.status !== "completed") {
      throw new UserError(`a pack failed: ${easy?.error_message ?? difficult?.error_message}`);
    }
    if (impossible?.status !== "failed")
      throw new UserError("a pack with an image that was refused did not fail");
    const images = packs.reduce((sum, pack) => sum + pack.images, 0);
    const retried = packs.reduce((sum, pack) => sum + pack.retried, 0);
    return [
      `${packs.length} packs of ${images} images ended in ${Date.now() - began} ms: 2 completed`,
      `(${retried} image tried again), 1 failed as it should: ${impossible.error_message}`,
    ].join(" ");
  },
};

/** `simulate` says how the stand-in for the application treats the last image. */
async function orderPack(
  { database, random }: DemoContext,
  count: number,
  simulate: object,
): Promise<string> {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)];
  const images = Array.from({ length: count }, (_, index) => ({
    prompt: `${pick(animals)} ${pick(styles)}`,
    ...(index === count - 1 ? { simulate } : {}),
  }));
  const { rows } = await database.query<{ id: string }>(
    `insert into packs.job_queue (job_type, payload, user_id)
     values ('generate-complete-pack', jsonb_build_object('projectId', gen_random_uuid(), 'images', $1::jsonb), $2)
     returning id`,
    [JSON.stringify(images), demoUserId],
  );
  return rows[0]?.id ?? "";
}

async function readPacks({ database }: DemoContext, ids: string[]): Promise<Pack[] | undefined> {
  const { rows } = await database.query<Pack>(
    `select q.status, q.error_message, count(image.id)::int as images,
       count(image.id) filter (where image.retry_count > 0)::int as retried
     from packs.job_queue q
     left join packs.pack_image i on i.pack_id = q.id
     left join packs.job_queue image on image.id = i.image_id
     where q.id = any ($1) and q.status in ('completed', 'failed')
     group by q.id
     order by array_position($1, q.id)`,
    [ids],
  );
  return rows.length === ids.length ? rows : undefined;
}
