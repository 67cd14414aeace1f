import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const functionsDir = path.join(import.meta.dirname, "../..");

/** Path of the native Deno binary that the npm package brings. */
export function denoBinary(): string {
  const install = createRequire(import.meta.url)("deno/install_api.cjs") as { runInstall(): string };
  return install.runInstall();
}

/** One of the functions in a real Deno process of its own. */
export interface DenoFunction {
  /** Its address, which ends in its name as on Supabase. */
  readonly url: string;
  /** All it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Where Deno keeps the files of npm packages. */
function packagesDir(): string {
  const info = execFileSync(denoBinary(), ["info", "--json"], { encoding: "utf8" });
  return (JSON.parse(info) as { npmCache: string }).npmCache;
}

/** Starts `supabase/functions/<slug>/index.ts` as the platforms do, with nothing but these variables and its packages to read. */
export async function startDenoFunction(
  slug: string,
  variables: Record<string, string>,
): Promise<DenoFunction> {
  const entry = path.join(functionsDir, slug, "index.ts");
  const names = [...Object.keys(variables)].join(",");
  const args = [
    "run",
    "--no-config",
    "--no-lock",
    "--no-prompt",
    "--allow-net",
    `--allow-read=${packagesDir()}`,
    `--allow-env=${names}`,
    "--ignore-env",
  ];
  const child = spawn(denoBinary(), [...args, entry], {
    env: {
      ...process.env,
      ...variables,
      DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0",
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const listening = /Listening on (http:\/\/[\d.:]+)/.exec(line)?.[1];
        if (listening !== undefined) resolve(listening);
      });
    }
    child.once("exit", (code) => reject(new Error(`${slug} ended with ${code}: ${lines.join("\n")}`)));
  });
  return { url: `${url}/${slug}`, output: () => lines.join("\n"), stop: () => stop(child) };
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners("exit").once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
