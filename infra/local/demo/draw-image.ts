import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  initializeImageMagick,
  type MagickFormat,
  MagickImage,
  MagickReadSettings,
} from "@imagemagick/magick-wasm";

export interface Drawing {
  width: number;
  height: number;
  /** From its upper to its lower edge, as in "#ff8800". */
  from: string;
  to: string;
  format: "JPEG" | "PNG" | "GIF" | "WEBP";
}

let loading: Promise<void> | undefined;

/** A real image file: a sky from one colour to the other. */
export async function drawImage({ width, height, from, to, format }: Drawing): Promise<Uint8Array> {
  loading ??= load();
  await loading;
  const image = MagickImage.create();
  try {
    image.read(`gradient:${from}-${to}`, new MagickReadSettings({ width, height }));
    return image.write(format as MagickFormat, (data) => data.slice());
  } finally {
    image.dispose();
  }
}

async function load(): Promise<void> {
  const module = createRequire(import.meta.url).resolve("@imagemagick/magick-wasm/magick.wasm");
  await initializeImageMagick(await readFile(module));
}
