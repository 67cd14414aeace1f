import { execa } from "execa";
import { denoCommand, preloadModule } from "./deno.ts";
import { denoMessage } from "./deno-message.ts";

export interface WarmCacheInput {
  denoDirectory: string;
  /** Folder of the deploy, with its `import_map.json`. */
  codeDirectory: string;
  /** Absolute path of the module that the function starts with. */
  entrypoint: string;
  /** Environment of the platform: certificates, proxies and the npm registry are the ones this machine uses. */
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Time for a slow registry, in milliseconds. */
const timeoutMs = 180_000;

/**
 * Downloads what a function imports, so that it starts from local files ever after. Resolves to null, or to Deno's
 * message when something that it imports is missing or is no valid code.
 */
export async function warmCache(input: WarmCacheInput): Promise<string | null> {
  const { codeDirectory, denoDirectory, environment } = input;
  const args = [
    "cache",
    "--no-config",
    `--import-map=${codeDirectory}/import_map.json`,
    "--no-lock",
    "--quiet",
  ];
  const [file = "", ...words] = denoCommand();
  const result = await execa(file, [...words, ...args, preloadModule, input.entrypoint], {
    reject: false,
    extendEnv: false,
    env: {
      ...environment,
      // npm passes its settings to its scripts in lower case, Deno reads the registry in upper case.
      NPM_CONFIG_REGISTRY: environment.NPM_CONFIG_REGISTRY ?? environment.npm_config_registry,
      DENO_DIR: denoDirectory,
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      FORCE_COLOR: undefined,
      RUST_BACKTRACE: "0",
    },
    stdin: "ignore",
    timeout: timeoutMs,
    cancelSignal: input.signal,
    forceKillAfterDelay: 1_000,
  });
  if (result.exitCode === 0) return null;
  if (result.timedOut) return `the imports could not be downloaded within ${timeoutMs / 1_000} s`;
  return denoMessage(result.stderr || result.shortMessage || "deno cache failed", codeDirectory);
}
