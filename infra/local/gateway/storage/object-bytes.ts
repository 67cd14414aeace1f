import { createHash } from "node:crypto";
import { createReadStream, mkdirSync } from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { tooLarge } from "./storage-error.ts";

/** What was written. */
export interface Written {
  size: number;
  md5: string;
}

/** First and last byte. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface StoredBytes {
  size: number;
  stream(range?: ByteRange): Readable;
}

/** Whether a version is one that an upload here wrote: others come from plain SQL, and can be any text. */
export function isVersion(version: string | null): version is string {
  return version !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(version);
}

/**
 * The bytes of objects: one file per version, which is never written again. Before the row of a version is written or
 * deleted, a mark says that its fate is open; whoever finds a mark asks the database, so that a crash at any moment
 * leaves neither a row without bytes nor bytes without a row.
 */
export class ObjectBytes {
  readonly #files: string;
  readonly #marks: string;

  constructor(directory: string) {
    this.#files = path.join(directory, "objects");
    this.#marks = path.join(directory, "undecided");
    for (const folder of [this.#files, this.#marks]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Says that the fate of these versions is open, on disk before anything else happens. */
  async mark(versions: string[]): Promise<void> {
    for (const version of versions) await (await open(path.join(this.#marks, version), "w", 0o600)).close();
    await syncFolder(this.#marks);
  }

  marked(): Promise<string[]> {
    return readdir(this.#marks);
  }

  /** Ends the open fate of a version. */
  async decide(version: string, kept: boolean): Promise<void> {
    if (!kept) await rm(path.join(this.#files, version), { force: true });
    await rm(path.join(this.#marks, version), { force: true });
  }

  /**
   * Writes the bytes of a version, safe from a crash when it resolves. A body above the limit is read to its end before
   * it is refused, so that the answer reaches a client that is still sending.
   */
  async write(version: string, body: Readable, limit: number): Promise<Written> {
    const hash = createHash("md5");
    const handle = await open(path.join(this.#files, version), "wx", 0o600);
    let size = 0;
    try {
      for await (const chunk of body) {
        size += chunk.length;
        if (size > limit) continue;
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
      if (size > limit) throw tooLarge();
      await handle.sync();
    } finally {
      await handle.close();
    }
    await syncFolder(this.#files);
    return { size, md5: hash.digest("hex") };
  }

  /** Null when there are none. */
  async open(version: string): Promise<StoredBytes | null> {
    const file = path.join(this.#files, version);
    const found = await stat(file).catch(() => null);
    return found && { size: found.size, stream: (range) => createReadStream(file, range) };
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
