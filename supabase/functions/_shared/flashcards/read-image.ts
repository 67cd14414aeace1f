import {
  AlphaAction,
  type IMagickImage,
  MagickColors,
  MagickFormat,
  MagickImage,
  MagickImageInfo,
  MagickReadSettings,
  Orientation,
  QuantizeSettings,
} from "npm:@imagemagick/magick-wasm@0.0.43";
import { PermanentError } from "../worker.ts";

/** What an image says about itself. */
export interface ImageFacts {
  readonly format: string;
  /** In pixels, as it is looked at: turned as its camera noted. */
  readonly width: number;
  readonly height: number;
  /** The colours that most of it has, the commonest first. */
  readonly colors: readonly ImageColor[];
}

export interface ImageColor {
  /** As in "#1f8a70". */
  readonly hex: string;
  readonly percent: number;
}

export interface ImageReading {
  readonly facts: ImageFacts;
  /** A JPEG of at most 320 pixels a side, without what the camera noted in it. */
  readonly thumbnail: Uint8Array;
}

/** Decoded, this many pixels take 64 MB of the 256 MB that a function has. */
const mostPixels = 16_000_000;
const thumbnailSide = 320;
const paletteSize = 6;

/** The formats that are read, by their MIME type. No other decoder is ever reached. */
const formats: Readonly<Record<string, MagickFormat>> = {
  "image/jpeg": MagickFormat.Jpeg,
  "image/png": MagickFormat.Png,
  "image/gif": MagickFormat.Gif,
  "image/webp": MagickFormat.WebP,
};

/** Whether files of this MIME type are images that can be read. */
export function isReadableImage(mime: string): boolean {
  return Object.hasOwn(formats, mime);
}

/** Decodes an image. Throws a `PermanentError` with the reason when it is damaged or too large. ImageMagick must be initialized. */
export function readImage(bytes: Uint8Array, mime: string): ImageReading {
  const format = formats[mime] ?? MagickFormat.Unknown;
  const settings = new MagickReadSettings({ format });
  // Lets the decoder leave out what a thumbnail does not show: a tenth of the memory, half of the time.
  settings.setDefine(MagickFormat.Jpeg, "size", `${2 * thumbnailSide}x${2 * thumbnailSide}`);
  return refusingDamage((noteDamage) => {
    const info = MagickImageInfo.create(bytes, new MagickReadSettings({ format }));
    refuseTooLarge(info.width, info.height);
    const image = MagickImage.create();
    try {
      image.onWarning = ({ error }) => noteDamage(error.message);
      image.read(bytes, settings);
      const size = isTurned(image) ? [info.height, info.width] : [info.width, info.height];
      const [width = 0, height = 0] = size;
      const thumbnail = makeThumbnail(image);
      return { facts: { format: info.format, width, height, colors: findColors(image) }, thumbnail };
    } finally {
      image.dispose();
    }
  });
}

/** A file that ends too early is decoded with a warning; its lower part would be grey, so it counts as damaged as well. */
function refusingDamage<Result>(read: (noteDamage: (reason: string) => void) => Result): Result {
  const damages: string[] = [];
  try {
    const result = read((reason) => damages.push(reason));
    if (damages.length === 0) return result;
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    damages.push(error instanceof Error ? error.message : String(error));
  }
  // "Premature end of JPEG file `' @ warning/jpeg.c/JPEGWarningHandler/403"
  const reason = damages[0]?.replace(/ `.*$/s, "");
  throw new PermanentError(`the image is damaged: ${reason}; upload it again`);
}

function refuseTooLarge(width: number, height: number): void {
  if (width * height <= mostPixels) return;
  throw new PermanentError(
    `the image has ${width} x ${height} pixels, more than ${mostPixels / 1_000_000} million; upload a smaller one`,
  );
}

function isTurned({ orientation }: IMagickImage): boolean {
  return orientation >= Orientation.LeftTop;
}

/** Makes the image its own thumbnail. */
function makeThumbnail(image: IMagickImage): Uint8Array {
  image.autoOrient();
  image.thumbnail(thumbnailSide, thumbnailSide);
  image.strip();
  image.backgroundColor = MagickColors.White;
  image.alpha(AlphaAction.Remove);
  image.quality = 80;
  return image.write(MagickFormat.Jpeg, (data) => data.slice());
}

function findColors(image: IMagickImage): ImageColor[] {
  const pixels = image.width * image.height;
  const settings = new QuantizeSettings();
  settings.colors = paletteSize;
  image.quantize(settings);
  return [...image.histogram()]
    .map(([hex, count]) => ({
      hex: hex.slice(0, 7).toLowerCase(),
      percent: Math.round((Number(count) / pixels) * 100),
    }))
    .sort((left, right) => right.percent - left.percent || left.hex.localeCompare(right.hex))
    .slice(0, 3);
}
