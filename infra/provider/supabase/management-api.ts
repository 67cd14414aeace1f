import { Blob } from "node:buffer";
import { FormData } from "undici";
import { z } from "zod";
import { NOTHING } from "./api-answer.ts";
import { ApiClient, type Clock } from "./api-client.ts";
import { ApiError } from "./api-error.ts";
import { Batcher } from "./batcher.ts";
import { projectPath } from "./project-path.ts";
import { SharedListing } from "./shared-listing.ts";

export interface ManagementApiOptions {
  projectRef?: string | undefined;
  accessToken?: string | undefined;
  apiUrl: string;
  /** How long one answer may take; a deploy, ten times as long. */
  timeoutMs?: number;
  clock?: Clock;
}

export interface SecretEntry {
  name: string;
  value: string;
}

export interface SecretDigest {
  name: string;
  /** SHA-256 of the value, in hexadecimal. */
  digest: string;
}

export interface DeployedFunction {
  slug: string;
  name: string;
  /** "ACTIVE" unless something is wrong with it. */
  status: string;
  /** Goes up with every deploy. */
  version: number;
  /** Digest of the deployed code; empty if the API does not tell. */
  codeSha256: string;
  verifyJwt: boolean;
  entrypoint: string;
  /** Empty for none. */
  importMap: string;
}

export interface FunctionDeploy {
  slug: string;
  /** Paths relative to the project, with slashes. */
  entrypoint: string;
  /** Empty for none. */
  importMap: string;
  staticPatterns: readonly string[];
  verifyJwt: boolean;
  files: ReadonlyMap<string, Buffer>;
}

const functionAnswer = z.object({
  slug: z.string(),
  name: z.string(),
  status: z.string(),
  version: z.number().int(),
  ezbr_sha256: z.string().nullish(),
  verify_jwt: z.boolean().nullish(),
  entrypoint_path: z.string().nullish(),
  import_map_path: z.string().nullish(),
});

const secretAnswer = z.object({ name: z.string(), value: z.string() });

/** Bundling fetches what the function imports from registries. */
const DEPLOY_PATIENCE = 10;

/** The part of Supabase's Management API that deploys functions and their secrets. */
export class ManagementApi {
  readonly #client: ApiClient;
  readonly #functions: SharedListing<DeployedFunction[]>;
  readonly #secrets: SharedListing<SecretDigest[]>;
  readonly #settings: Batcher<SecretEntry>;
  readonly #removals: Batcher<string>;

  constructor(options: ManagementApiOptions) {
    this.#client = new ApiClient(options);
    const gatherMs = () => this.#client.gatherMs;
    this.#functions = new SharedListing({ fetch: () => this.#listFunctions(), gatherMs });
    this.#secrets = new SharedListing({ fetch: () => this.#listSecrets(), gatherMs });
    this.#settings = new Batcher({
      send: (secrets) => this.#postSecrets(secrets),
      key: ({ name }) => name,
      characters: ({ name, value }) => name.length + value.length,
      gatherMs,
    });
    this.#removals = new Batcher({
      send: (names) => this.#dropSecrets(names),
      key: (name) => name,
      characters: (name) => name.length,
      gatherMs,
    });
  }

  /** What is asked from now on is not answered from before: something changes, or may have. */
  forget(): void {
    this.#functions.forget();
    this.#secrets.forget();
  }

  /** Those the platform sets itself are among them. */
  async listSecrets(): Promise<SecretDigest[]> {
    return await this.#secrets.get();
  }

  async setSecrets(secrets: readonly SecretEntry[]): Promise<void> {
    await this.#settings.add(secrets);
  }

  /** That there are none is fine. */
  async deleteSecrets(names: readonly string[]): Promise<void> {
    await this.#removals.add(names);
  }

  async findFunction(slug: string): Promise<DeployedFunction | undefined> {
    return (await this.#functions.get()).find((each) => each.slug === slug);
  }

  /** Content of every file of a deployed function, by its path in the project. */
  async downloadFunction(slug: string): Promise<ReadonlyMap<string, Buffer>> {
    const files = await this.#client.getFiles(`/functions/${encodeURIComponent(slug)}/body`);
    return new Map([...files].map(([name, content]) => [projectPath(name), content]));
  }

  /** Makes or replaces the function, in the form in which Supabase's own CLI sends it: files first, then their description. */
  async deployFunction(deploy: FunctionDeploy): Promise<void> {
    const form = new FormData();
    for (const [name, content] of deploy.files) {
      form.append("file", new Blob([content], { type: "application/octet-stream" }), name);
    }
    const metadata = {
      entrypoint_path: deploy.entrypoint,
      import_map_path: deploy.importMap,
      static_patterns: deploy.staticPatterns,
      verify_jwt: deploy.verifyJwt,
      name: deploy.slug,
    };
    form.append("metadata", JSON.stringify(metadata));
    await this.#change(this.#functions, () =>
      this.#client.request({
        method: "POST",
        path: `/functions/deploy?slug=${encodeURIComponent(deploy.slug)}`,
        body: form,
        answer: functionAnswer,
        patience: DEPLOY_PATIENCE,
      }),
    );
  }

  /** That there is none is fine. */
  async deleteFunction(slug: string): Promise<void> {
    const path = `/functions/${encodeURIComponent(slug)}`;
    await this.#change(this.#functions, async () => {
      try {
        await this.#client.request({ method: "DELETE", path, answer: NOTHING });
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    });
  }

  async #postSecrets(secrets: readonly SecretEntry[]): Promise<void> {
    await this.#change(this.#secrets, () =>
      this.#client.request({
        method: "POST",
        path: "/secrets",
        body: JSON.stringify(secrets),
        answer: NOTHING,
        secrets: secrets.map(({ value }) => value),
      }),
    );
  }

  async #dropSecrets(names: readonly string[]): Promise<void> {
    await this.#change(this.#secrets, () =>
      this.#client.request({
        method: "DELETE",
        path: "/secrets",
        body: JSON.stringify(names),
        answer: NOTHING,
      }),
    );
  }

  async #listSecrets(): Promise<SecretDigest[]> {
    const answer = z.array(secretAnswer);
    const secrets = await this.#client.request({ method: "GET", path: "/secrets", answer });
    return secrets.map(({ name, value }) => ({ name, digest: value }));
  }

  async #listFunctions(): Promise<DeployedFunction[]> {
    const answer = z.array(functionAnswer);
    const functions = await this.#client.request({ method: "GET", path: "/functions", answer });
    return functions.map((each) => ({
      slug: each.slug,
      name: each.name,
      status: each.status,
      version: each.version,
      codeSha256: each.ezbr_sha256 ?? "",
      verifyJwt: each.verify_jwt ?? true,
      entrypoint: projectPath(each.entrypoint_path ?? ""),
      importMap: projectPath(each.import_map_path ?? ""),
    }));
  }

  /** Whatever comes of a change, a list from before it is outdated. */
  async #change(listing: SharedListing<unknown>, make: () => Promise<unknown>): Promise<void> {
    try {
      await make();
    } finally {
      listing.forget();
    }
  }
}
