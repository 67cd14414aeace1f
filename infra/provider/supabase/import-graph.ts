import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import type { InputProblem } from "../kernel/resource.ts";
import { type ImportMap, parseImportMap, resolveSpecifier } from "./import-map.ts";
import { moduleImports } from "./module-imports.ts";
import { expandPattern, isPattern } from "./static-files.ts";

export interface FunctionSource {
  /** Folder of the project, absolute. The paths below are relative to it, with slashes. */
  root: string;
  entrypoint: string;
  importMap: string | undefined;
  staticFiles: readonly string[];
}

export interface ImportGraph {
  /** Content of every file of the function by its path: import map, static files, entry, and what they import. */
  files: ReadonlyMap<string, Buffer>;
  /** Path of the import map or deno.json that is used; empty for none. */
  importMap: string;
  problems: InputProblem[];
}

const MODULE = /\.[cm]?[jt]sx?$/;

/** Finds the files of an Edge Function by following its imports. What cannot be read is a problem, not an exception. */
export async function readImportGraph(source: FunctionSource): Promise<ImportGraph> {
  const graph = new GraphReader(source.root);
  const { importMap, map } = await readMap(graph, source);
  for (const [index, pattern] of source.staticFiles.entries()) {
    await readStaticFiles(graph, source.root, pattern, ["staticFiles", index]);
  }
  await follow(graph, source.entrypoint, map);
  return { files: graph.files, importMap, problems: graph.problems };
}

/** SHA-256 of each file by its path, in hexadecimal. */
export function digestsOf(files: ReadonlyMap<string, Buffer>): Record<string, string> {
  const paths = [...files.keys()].sort();
  return Object.fromEntries(
    paths.map((name) => [
      name,
      createHash("sha256")
        .update(files.get(name) ?? "")
        .digest("hex"),
    ]),
  );
}

class GraphReader {
  readonly files = new Map<string, Buffer>();
  readonly problems: InputProblem[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Undefined if there is no such file; with `wanted`, that is a problem. */
  async read(file: string, wanted?: { path: (string | number)[]; by?: string }): Promise<Buffer | undefined> {
    const known = this.files.get(file);
    if (known !== undefined) return known;
    try {
      const content = await readFile(await this.#locate(file));
      this.files.set(file, content);
      return content;
    } catch (error) {
      // A file that leads out of the project is a mistake even where nobody insists on it.
      const place = wanted ?? (error instanceof OutsideError ? { path: ["entrypoint"] } : undefined);
      if (place !== undefined) this.refuse(place.path, `${describe(file, place.by)} ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** Links are followed within the project only: whatever is read is published. */
  async #locate(file: string): Promise<string> {
    if (isOutside(file)) throw new OutsideError();
    const [root, target] = await Promise.all([realpath(this.#root), realpath(path.join(this.#root, file))]);
    if (target !== root && !target.startsWith(`${root}${path.sep}`)) throw new OutsideError();
    return target;
  }

  refuse(inputPath: (string | number)[], reason: string): void {
    this.problems.push({ path: inputPath, reason });
  }
}

class OutsideError extends Error {}

/** As Supabase's CLI: what the program names, else the deno.json or deno.jsonc beside the entry, else the map of all functions. */
async function readMap(
  graph: GraphReader,
  { entrypoint, importMap }: FunctionSource,
): Promise<{ importMap: string; map: ImportMap | undefined }> {
  const folder = path.posix.dirname(entrypoint);
  const candidates =
    importMap === undefined
      ? ["deno.json", "deno.jsonc", "../import_map.json"].map((name) => path.posix.join(folder, name))
      : [importMap];
  for (const file of candidates.filter((each) => importMap !== undefined || !isOutside(each))) {
    const wanted = importMap === undefined ? undefined : { path: ["importMap"] };
    const content = await graph.read(file, wanted);
    if (content !== undefined) return { importMap: file, map: await parseMap(graph, file, content) };
  }
  return { importMap: "", map: undefined };
}

async function parseMap(graph: GraphReader, file: string, content: Buffer): Promise<ImportMap | undefined> {
  try {
    const map = parseImportMap(file, content.toString("utf8"));
    if (map.reference === undefined) return map;
    const referred = await graph.read(map.reference, { path: ["importMap"], by: file });
    return referred && parseImportMap(map.reference, referred.toString("utf8"));
  } catch (error) {
    graph.refuse(["importMap"], `"${file}" is not an import map: ${(error as Error).message}; correct it`);
    return undefined;
  }
}

async function readStaticFiles(
  graph: GraphReader,
  root: string,
  pattern: string,
  inputPath: (string | number)[],
): Promise<void> {
  if (!isPattern(pattern)) return void (await graph.read(pattern, { path: inputPath }));
  const matching = await expandPattern(root, pattern);
  if (matching.length === 0) graph.refuse(inputPath, `"${pattern}" matches no file; correct it or remove it`);
  for (const name of matching) await graph.read(name, { path: inputPath });
}

/** Breadth first, so that files come in the order in which a reader meets them. */
async function follow(graph: GraphReader, entrypoint: string, map: ImportMap | undefined): Promise<void> {
  const seen = new Set([entrypoint]);
  const waiting: { file: string; by?: string }[] = [{ file: entrypoint }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { file, by } = next;
    const content = await graph.read(file, { path: ["entrypoint"], ...(by !== undefined && { by }) });
    if (content === undefined || !MODULE.test(file)) continue;
    for (const specifier of moduleImports(content.toString("utf8"))) {
      const target = resolveSpecifier(specifier, file, map);
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      if (isOutside(target)) {
        graph.refuse(
          ["entrypoint"],
          `"${file}" imports "${specifier}", which lies outside of the project; move it inside`,
        );
      } else waiting.push({ file: target, by: file });
    }
  }
}

function isOutside(file: string): boolean {
  return path.isAbsolute(file) || file.split("/")[0] === "..";
}

function describe(file: string, by: string | undefined): string {
  return by === undefined ? `file "${file}"` : `file "${file}", imported by "${by}",`;
}

function reasonOf(error: unknown): string {
  if (error instanceof OutsideError) return "lies outside of the project; move it inside";
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "does not exist; correct the path, with its extension";
  if (code === "EISDIR") return "is a folder; name a file, with its extension";
  return `cannot be read: ${message}; make it readable`;
}
