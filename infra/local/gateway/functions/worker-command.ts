import path from "node:path";
import { preloadModule } from "./deno.ts";

export interface WorkerCommandInput {
  /** Words of the command up to Deno's subcommand. */
  deno: string[];
  /** Folder of one deploy: `files/` and `import_map.json`. */
  codeDirectory: string;
  denoDirectory: string;
  entrypointPath: string;
  /** Hosts that the function may reach, as Deno's `--allow-net` takes them. */
  allowNet: string;
  memoryMegabytes: number;
}

/**
 * How one function's process is started. It sees its own files, its environment and the allowed hosts, and the files of
 * npm packages: as on Supabase, a package's WebAssembly is read from beside its modules.
 */
export function workerCommand(input: WorkerCommandInput): string[] {
  const files = path.join(input.codeDirectory, "files");
  const packages = path.join(input.denoDirectory, "npm");
  return [
    ...input.deno,
    "run",
    // Else a package.json in a folder above would decide how npm packages resolve.
    "--no-config",
    `--import-map=${path.join(input.codeDirectory, "import_map.json")}`,
    "--no-lock",
    "--cached-only",
    "--no-prompt",
    `--preload=${preloadModule}`,
    `--allow-net=${input.allowNet}`,
    "--allow-env",
    `--allow-read=${files},${packages}`,
    `--v8-flags=--max-old-space-size=${input.memoryMegabytes}`,
    path.join(files, input.entrypointPath),
  ];
}
