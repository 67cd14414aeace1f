import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { writeSupabaseProfile } from "../../supabase-profile.ts";
import { projectRoot } from "../../workspace.ts";
import { accessToken } from "./test-gateway.ts";

const BINARY = path.join(projectRoot, "node_modules/.bin/supabase");

export interface CliResult {
  exitCode: number | undefined;
  /** Both streams, as on a terminal. */
  output: string;
  stdout: string;
}

/** The real Supabase CLI in a project folder and a home of its own, pointed at a gateway. */
export class SupabaseCli {
  readonly project = mkdtempSync(path.join(tmpdir(), "jobstack-supabase-"));
  readonly #home = mkdtempSync(path.join(tmpdir(), "jobstack-home-"));
  readonly #profile: string;
  readonly #accessToken: string;

  constructor(apiUrl: string, token = accessToken) {
    this.#accessToken = token;
    this.#profile = writeSupabaseProfile(this.#home, apiUrl);
  }

  write(files: Record<string, string | Buffer>): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.project, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  async run(...args: string[]): Promise<CliResult> {
    const { exitCode, all, stdout } = await execa(BINARY, args, {
      cwd: this.project,
      all: true,
      reject: false,
      extendEnv: false,
      stdin: "ignore",
      env: {
        PATH: process.env.PATH,
        HOME: this.#home,
        SUPABASE_PROFILE: this.#profile,
        SUPABASE_ACCESS_TOKEN: this.#accessToken,
        DO_NOT_TRACK: "1",
        NO_COLOR: "1",
      },
    });
    return { exitCode, output: all, stdout };
  }

  /** Runs what must succeed, and reads the JSON that it prints. */
  async json<T>(...args: string[]): Promise<T> {
    const result = await this.run(...args, "--output-format", "json");
    if (result.exitCode !== 0) throw new Error(result.output);
    return JSON.parse(result.stdout) as T;
  }

  delete(): void {
    rmSync(this.project, { recursive: true, force: true });
    rmSync(this.#home, { recursive: true, force: true });
  }
}
