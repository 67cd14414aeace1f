import { fileTypeFromBuffer } from "npm:file-type@21.3.4/core";
import { PermanentError } from "../worker.ts";
import { type ImageFacts, isReadableImage, readImage } from "./read-image.ts";

/** What cards can be made from. */
export interface Material {
  /** Each by its name, in plain words. */
  readonly facts: Readonly<Record<string, string>>;
  /** A JPEG. */
  readonly thumbnail: Uint8Array;
}

/**
 * Reads an uploaded file by what is in it; its name and declared type may be wrong. Throws a `PermanentError` with the
 * reason when nothing can be made of it.
 */
export async function readFile(name: string, bytes: Uint8Array): Promise<Material> {
  const type = await fileTypeFromBuffer(bytes);
  if (type === undefined) throw new PermanentError(`the file's kind is not known; ${whatToUpload}`);
  if (!isReadableImage(type.mime))
    throw new PermanentError(`no cards can be made from ${type.mime}; ${whatToUpload}`);
  const { facts, thumbnail } = readImage(bytes, type.mime);
  return { facts: describeImage(name, facts), thumbnail };
}

const whatToUpload = "upload a JPEG, PNG, GIF or WebP image";

function describeImage(name: string, { format, width, height, colors }: ImageFacts): Material["facts"] {
  const shape = width === height ? "square" : width > height ? "landscape" : "portrait";
  return {
    file: name,
    format,
    size: `${width} x ${height} pixels`,
    shape,
    colors: colors.map(({ hex, percent }) => `${hex} (${percent} %)`).join(", "),
  };
}
