import { StorageClient } from "npm:@supabase/storage-js@2.109.0";

/** The files of a project, as the worker needs them. */
export interface FileStore {
  /** A file's content. Throws when the storage does not give it. */
  download(bucket: string, path: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Stores a file, over an older one. */
  upload(bucket: string, path: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** Deletes files; those that are not there are left out. */
  remove(bucket: string, paths: readonly string[]): Promise<void>;
}

export interface FileStoreOptions {
  /** Address of the project's API. */
  readonly url: string;
  readonly serviceKey: string;
  /** Longest time of one request. */
  readonly timeoutMs: number;
}

/** Supabase Storage with the rights of `service_role`. */
export function openFileStore({ url, serviceKey, timeoutMs }: FileStoreOptions): FileStore {
  const headers = { apikey: serviceKey, authorization: `Bearer ${serviceKey}` };
  const limited: typeof fetch = (input, init) => {
    const limit = AbortSignal.timeout(timeoutMs);
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
  };
  const client = new StorageClient(`${url}/storage/v1`, headers, limited);

  return {
    async download(bucket, path, signal) {
      const { data, error } = await client.from(bucket).download(path, {}, { signal });
      if (error) throw new Error(`the file ${bucket}/${path} cannot be downloaded: ${error.message}`);
      return new Uint8Array(await data.arrayBuffer());
    },
    async upload(bucket, path, bytes, contentType) {
      const { error } = await client.from(bucket).upload(path, bytes, { contentType, upsert: true });
      if (error) throw new Error(`the file ${bucket}/${path} cannot be stored: ${error.message}`);
    },
    async remove(bucket, paths) {
      if (paths.length === 0) return;
      const { error } = await client.from(bucket).remove([...paths]);
      if (error) throw new Error(`files of ${bucket} cannot be removed: ${error.message}`);
    },
  };
}
