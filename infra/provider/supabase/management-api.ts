import { Blob } from "node:buffer";
import { FormData } from "undici";
import { ApiClient } from "./api-client.ts";

export interface ManagementApiOptions {
  projectRef?: string | undefined;
  accessToken?: string | undefined;
  apiUrl: string;
}

export interface SecretEntry {
  name: string;
  value: string;
}

export interface DeployedFunction {
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

interface FunctionAnswer {
  version: number;
  ezbr_sha256?: string | null;
  verify_jwt?: boolean;
  entrypoint_path?: string | null;
  import_map_path?: string | null;
}

/** Bundling fetches what the function imports from registries. */
const DEPLOY_TIMEOUT_MS = 300_000;

/** The part of Supabase's Management API that deploys functions and their secrets. */
export class ManagementApi {
  readonly #client: ApiClient;

  constructor(options: ManagementApiOptions) {
    this.#client = new ApiClient(options);
  }

  /** Names with the SHA-256 of their values; those the platform sets itself are among them. */
  async listSecrets(): Promise<{ name: string; digest: string }[]> {
    const secrets = await this.#client.getJson<{ name: string; value: string }[]>("/secrets");
    return (secrets ?? []).map(({ name, value }) => ({ name, digest: value }));
  }

  async setSecrets(secrets: readonly SecretEntry[]): Promise<void> {
    await this.#client.send("POST", "/secrets", { body: JSON.stringify(secrets) });
  }

  /** That there are none is fine. */
  async deleteSecrets(names: readonly string[]): Promise<void> {
    await this.#client.send("DELETE", "/secrets", { body: JSON.stringify(names) });
  }

  async findFunction(slug: string): Promise<DeployedFunction | undefined> {
    const answer = await this.#client.getJson<FunctionAnswer>(`/functions/${encodeURIComponent(slug)}`);
    if (answer === undefined) return undefined;
    return {
      version: answer.version,
      codeSha256: answer.ezbr_sha256 ?? "",
      verifyJwt: answer.verify_jwt ?? true,
      entrypoint: answer.entrypoint_path ?? "",
      importMap: answer.import_map_path ?? "",
    };
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
    const path = `/functions/deploy?slug=${encodeURIComponent(deploy.slug)}`;
    await this.#client.send("POST", path, { body: form, timeoutMs: DEPLOY_TIMEOUT_MS });
  }

  /** That there is none is fine. */
  async deleteFunction(slug: string): Promise<void> {
    await this.#client.send("DELETE", `/functions/${encodeURIComponent(slug)}`, { mayBeMissing: true });
  }
}
