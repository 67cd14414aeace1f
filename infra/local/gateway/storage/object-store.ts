import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { checkMimeType, findBucket, sizeLimit } from "./bucket.ts";
import { type Caller, service } from "./caller.ts";
import { isVersion, type ObjectBytes, type StoredBytes, type Written } from "./object-bytes.ts";
import { checkKey } from "./object-key.ts";
import {
  deleteRows,
  findRow,
  insertRow,
  keptVersions,
  lockPlace,
  type NewRow,
  type Place,
  renameRow,
  type StoredObject,
  upsertRow,
} from "./object-rows.ts";
import type { Query, StorageDatabase } from "./storage-database.ts";
import { noBytes } from "./storage-error.ts";
import type { Incoming } from "./upload-form.ts";

interface Upload {
  /** Whether an object that is there already is replaced. */
  upsert: boolean;
  receive: () => Promise<Incoming>;
}

/**
 * Objects: rows in the database, bytes on disk. As Storage does, a change is first tried as the caller, so that policies
 * decide, and then made by the storage server itself, once the bytes are safe.
 */
export class ObjectStore {
  readonly #database: StorageDatabase;
  readonly #bytes: ObjectBytes;
  #recovered: Promise<void> | null = null;

  constructor(database: StorageDatabase, bytes: ObjectBytes) {
    this.#database = database;
    this.#bytes = bytes;
  }

  async find(caller: Caller, place: Place): Promise<StoredObject> {
    checkKey(place.name);
    return this.#database.transaction(caller, (query) => findRow(query, place));
  }

  /** The bytes of a found object. */
  async open({ version }: StoredObject): Promise<StoredBytes> {
    const bytes = isVersion(version) ? await this.#bytes.open(version) : null;
    if (bytes === null) throw noBytes();
    return bytes;
  }

  async upload(caller: Caller, place: Place, { upsert, receive }: Upload): Promise<StoredObject> {
    checkKey(place.name);
    const bucket = await findBucket(this.#database, place.bucket);
    const row = { ...place, owner: caller.claims.sub ?? null };
    await this.#database.rehearse(caller, (query) => writeRow(query, { ...row, version: "1" }, upsert));
    const incoming = await receive();
    checkMimeType(incoming.mimeType, bucket);
    return this.#keep(place, incoming.body, sizeLimit(bucket), (query, version, written) =>
      writeRow(query, { ...row, version, ...describe(incoming, written) }, upsert),
    );
  }

  async copy(caller: Caller, from: Place, to: Place, upsert: boolean): Promise<StoredObject> {
    checkKey(to.name);
    const origin = await this.find(caller, from);
    const { metadata, user_metadata: userMetadata } = origin;
    const row = { ...to, owner: caller.claims.sub ?? null, metadata, userMetadata };
    await this.#database.rehearse(caller, (query) => writeRow(query, { ...row, version: "1" }, upsert));
    const bytes = await this.open(origin);
    return this.#keep(to, bytes.stream(), bytes.size, (query, version) =>
      writeRow(query, { ...row, version }, upsert),
    );
  }

  /** Renames the row; its bytes stay where they are. */
  async move(caller: Caller, from: Place, to: Place): Promise<StoredObject> {
    checkKey(to.name);
    await this.#database.rehearse(caller, (query) => renameRow(query, from, to));
    return this.#database.transaction(service, (query) => renameRow(query, from, to));
  }

  /** Deletes what the caller may delete of these names, and answers with it. */
  async remove(caller: Caller, bucket: string, names: string[]): Promise<StoredObject[]> {
    await this.#recover();
    let versions: string[] = [];
    try {
      const removed = await this.#database.transaction(caller, async (query) => {
        const rows = await deleteRows(query, bucket, names);
        versions = rows.map(({ version }) => version).filter(isVersion);
        await this.#bytes.mark(versions);
        return rows;
      });
      for (const version of versions) await this.#bytes.decide(version, false);
      return removed;
    } catch (error) {
      await this.#settle(versions);
      throw error;
    }
  }

  /** Writes bytes, then their row; the bytes that the row had before go last. */
  async #keep(
    place: Place,
    body: Readable,
    limit: number,
    write: (query: Query, version: string, written: Written) => Promise<void>,
  ): Promise<StoredObject> {
    await this.#recover();
    const version = randomUUID();
    const versions: string[] = [version];
    await this.#bytes.mark(versions);
    try {
      const written = await this.#bytes.write(version, body, limit);
      const object = await this.#database.transaction(service, async (query) => {
        const previous = await lockPlace(query, place);
        if (isVersion(previous)) {
          versions.push(previous);
          await this.#bytes.mark([previous]);
        }
        await write(query, version, written);
        return findRow(query, place);
      });
      for (const each of versions) await this.#bytes.decide(each, each === version);
      return object;
    } catch (error) {
      await this.#settle(versions);
      throw error;
    }
  }

  /** Before the first change: ends what a process that was killed left open. */
  async #recover(): Promise<void> {
    this.#recovered ??= this.#bytes.marked().then((versions) => this.#ask(versions));
    try {
      await this.#recovered;
    } catch (error) {
      this.#recovered = null;
      throw error;
    }
  }

  /** After a failure, which may have come before or after the commit. Without a database, the next start decides. */
  async #settle(versions: string[]): Promise<void> {
    await this.#ask(versions).catch(() => undefined);
  }

  async #ask(versions: string[]): Promise<void> {
    if (versions.length === 0) return;
    const kept = await this.#database.transaction(service, (query) => keptVersions(query, versions));
    for (const version of versions) await this.#bytes.decide(version, kept.has(version));
  }
}

function writeRow(query: Query, row: NewRow, upsert: boolean): Promise<void> {
  return upsert ? upsertRow(query, row) : insertRow(query, row);
}

function describe(incoming: Incoming, { size, md5 }: Written): Pick<NewRow, "metadata" | "userMetadata"> {
  return {
    metadata: {
      eTag: `"${md5}"`,
      size,
      mimetype: incoming.mimeType,
      cacheControl: incoming.cacheControl,
      lastModified: new Date().toISOString(),
      contentLength: size,
      httpStatusCode: 200,
    },
    userMetadata: incoming.userMetadata,
  };
}
