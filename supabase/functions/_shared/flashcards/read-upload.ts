import { initializeImageMagick } from "npm:@imagemagick/magick-wasm@0.0.43";

import { type Material, readFile } from "./read-file.ts";

let loading: Promise<void> | undefined;

/** Reads an uploaded file. ImageMagick is loaded for the first one: half a second that a mere wake-up need not wait. */
export async function readUpload(name: string, bytes: Uint8Array): Promise<Material> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  await loading;
  return readFile(name, bytes);
}

async function load(): Promise<void> {
  const module = import.meta.resolve("npm:@imagemagick/magick-wasm@0.0.43");
  await initializeImageMagick(await Deno.readFile(new URL("x86/magick.wasm", module)));
}
