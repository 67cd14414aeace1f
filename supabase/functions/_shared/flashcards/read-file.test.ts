import { crc32 } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { type Drawing, drawImage } from "../../../../infra/local/demo/draw-image.ts";
import { readFile } from "./read-file.ts";

const drawing: Drawing = { width: 640, height: 480, from: "#ff8800", to: "#2244cc", format: "JPEG" };
const bytesOf = (text: string) => new TextEncoder().encode(text);

// Makes ImageMagick ready as well.
let jpeg: Uint8Array;
beforeAll(async () => {
  jpeg = await drawImage(drawing);
}, 30_000);

/** A PNG whose header says another size than it has: a few bytes that ask for any amount of memory. */
function claiming(width: number, height: number, png: Uint8Array): Uint8Array {
  const copy = Buffer.from(png);
  copy.writeUInt32BE(width, 16);
  copy.writeUInt32BE(height, 20);
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  return copy;
}

describe("readFile", { timeout: 30_000 }, () => {
  it.each(["JPEG", "PNG", "GIF", "WEBP"] as const)("reads a %s, whatever its name", async (format) => {
    const { facts, thumbnail } = await readFile("sunset.txt", await drawImage({ ...drawing, format }));
    expect(facts).toMatchObject({ file: "sunset.txt", format, size: "640 x 480 pixels", shape: "landscape" });
    const smaller = await readFile("thumbnail", thumbnail);
    expect(smaller.facts).toMatchObject({ format: "JPEG", size: "320 x 240 pixels" });
  });

  it("names the colours that most of an image has, and says the same each time", async () => {
    const green = { ...drawing, from: "#00aa00", to: "#00aa00", format: "PNG" } as const;
    const { facts } = await readFile("green.png", await drawImage(green));
    expect(facts.colors).toBe("#00aa00 (100 %)");
    expect(await readFile("a.jpg", jpeg)).toEqual(await readFile("a.jpg", jpeg));
  });

  it("sees a portrait and a square", async () => {
    const portrait = await drawImage({ ...drawing, width: 100, height: 200 });
    const square = await drawImage({ ...drawing, width: 100, height: 100 });
    expect((await readFile("a", portrait)).facts.shape).toBe("portrait");
    expect((await readFile("a", square)).facts.shape).toBe("square");
  });

  it("says what is wrong with a file that ends too early", async () => {
    const error = {
      name: "PermanentError",
      message: expect.stringMatching(/^the image is damaged: \w.*; upload/),
    };
    await expect(readFile("a.jpg", jpeg.subarray(0, jpeg.length / 2))).rejects.toMatchObject(error);
    const png = await drawImage({ ...drawing, format: "PNG" });
    await expect(readFile("a.png", png.subarray(0, png.length / 2))).rejects.toMatchObject(error);
  });

  it("refuses an image that would not fit into a function's memory, without decoding it", async () => {
    const large = claiming(4_001, 4_000, await drawImage({ ...drawing, format: "PNG" }));
    await expect(readFile("a.png", large)).rejects.toMatchObject({
      name: "PermanentError",
      message: "the image has 4001 x 4000 pixels, more than 16 million; upload a smaller one",
    });
  });

  it.each([
    ["a video", bytesOf("\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), "no cards can be made from video/mp4"],
    ["a PDF", bytesOf("%PDF-1.7\n"), "no cards can be made from application/pdf"],
    ["a text", bytesOf("just a text"), "the file's kind is not known"],
    ["nothing", new Uint8Array(), "the file's kind is not known"],
  ])("refuses %s and says what to upload", async (_, bytes, problem) => {
    await expect(readFile("a.png", bytes)).rejects.toMatchObject({
      name: "PermanentError",
      message: `${problem}; upload a JPEG, PNG, GIF or WebP image`,
    });
  });
});
