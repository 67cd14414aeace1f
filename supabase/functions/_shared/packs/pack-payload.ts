import { z } from "npm:zod@4.6.7";

/** What a `generate-complete-pack` job asks for. Each element of `images` becomes the payload of an image's own job. */
export const packPayload = z.looseObject({
  projectId: z.string().min(1),
  images: z
    .array(z.looseObject({ prompt: z.string().trim().min(1, "must be a non-empty string") }))
    .min(1, "must be at least one")
    .max(200, "must be 200 at most"),
});
