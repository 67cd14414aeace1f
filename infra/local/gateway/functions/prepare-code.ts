import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { effectiveImportMap, type ImportMap, type ImportMapInput, importMapSchema } from "./import-map.ts";
import { importSpecifiers } from "./import-specifiers.ts";
import { parseJsonc } from "./jsonc.ts";

export interface CodeToPrepare {
  /** Folder of the deploy; the uploaded files are in `files/` below it. */
  codeDirectory: string;
  /** Paths of the uploaded files. */
  files: string[];
  /** Path of the function's own import map or `deno.json`; empty for none. */
  importMapPath: string;
}

/** The function's import map cannot be used; the message says why. */
export class ImportMapError extends Error {}

const shimFolder = path.join(import.meta.dirname, "..", "shims");
const shims = { edgeRuntime: "./shims/edge-runtime.ts", httpServer: "./shims/http-server.ts" };
const codeFile = /\.[mc]?[jt]sx?$/;

/**
 * Writes what Deno needs beside the uploaded files: `import_map.json` and the stand-in modules, all with relative
 * addresses, so that the folder is whole in itself. Throws ImportMapError.
 */
export async function prepareCode({ codeDirectory, files, importMapPath }: CodeToPrepare): Promise<void> {
  const read = (file: string) => readFile(path.join(codeDirectory, "files", file), "utf8");
  const sources = await Promise.all(files.filter((file) => codeFile.test(file)).map(read));
  const specifiers = new Set(sources.flatMap(importSpecifiers));
  const own = importMapPath === "" ? null : await readImportMap(importMapPath, read);
  const map = effectiveImportMap({ own, specifiers, shims });
  await writeFile(path.join(codeDirectory, "import_map.json"), JSON.stringify(map, null, 2));
  await mkdir(path.join(codeDirectory, "shims"));
  for (const shim of Object.values(shims)) {
    await copyFile(path.join(shimFolder, path.basename(shim)), path.join(codeDirectory, shim));
  }
}

async function readImportMap(
  file: string,
  read: (file: string) => Promise<string>,
): Promise<NonNullable<ImportMapInput["own"]>> {
  const folder = `./${path.posix.join("files", path.posix.dirname(file))}`;
  try {
    const content = parseJsonc(await read(file));
    const isDenoConfig = /^deno\.jsonc?$/.test(path.posix.basename(file));
    const referred = isDenoConfig ? (content as { importMap?: unknown }).importMap : undefined;
    if (typeof referred === "string") {
      return await readImportMap(path.posix.join(path.posix.dirname(file), referred), read);
    }
    const map: ImportMap = importMapSchema.parse(content);
    return { map, folder, isDenoConfig };
  } catch (cause) {
    if (cause instanceof ImportMapError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImportMapError(`import map "${file}": ${reason}`, { cause });
  }
}
