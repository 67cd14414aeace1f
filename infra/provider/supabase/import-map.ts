import path from "node:path";
import { z } from "zod";

const addresses = z.record(z.string(), z.string());

/** What resolution needs of an import map or a deno.json. */
const importMapSchema = z.object({
  imports: addresses.optional(),
  scopes: z.record(z.string(), addresses).optional(),
  importMap: z.string().optional(),
});

export interface ImportMap {
  /** The map's own folder, relative to the project: its addresses count from there. */
  folder: string;
  imports: Record<string, string>;
  scopes: Record<string, Record<string, string>>;
  /** A deno.json without a map of its own may name another file that holds one; relative to the project. */
  reference: string | undefined;
}

/** Reads an import map or deno.json. Throws a SyntaxError or a ZodError. */
export function parseImportMap(file: string, text: string): ImportMap {
  const { imports = {}, scopes = {}, importMap } = importMapSchema.parse(parseJsonc(text));
  const folder = path.posix.dirname(file);
  const own = Object.keys(imports).length > 0 || Object.keys(scopes).length > 0;
  const reference = own || importMap === undefined ? undefined : path.posix.join(folder, importMap);
  return { folder, imports, scopes, reference };
}

/**
 * The file in the project that a specifier means, or undefined if it means none: a package, an address elsewhere.
 * `importer` is the importing file, relative to the project.
 */
export function resolveSpecifier(
  specifier: string,
  importer: string,
  map: ImportMap | undefined,
): string | undefined {
  const mapped = map === undefined ? undefined : mappedAddress(specifier, importer, map);
  const folder = mapped === undefined ? path.posix.dirname(importer) : (map?.folder ?? ".");
  const address = mapped ?? specifier;
  if (address.startsWith("/")) return filePart(address);
  return isRelative(address) ? path.posix.join(folder, filePart(address)) : undefined;
}

/** An address is a URL: `./a%20b.ts?v=1` means the file "a b.ts". */
function filePart(address: string): string {
  const file = address.replace(/[?#].*$/s, "");
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

/** The most specific scope wins, then the longest key; a key that ends in a slash maps everything below it. */
function mappedAddress(specifier: string, importer: string, map: ImportMap): string | undefined {
  const scopes = Object.entries(map.scopes)
    .filter(([scope]) => isWithin(importer, path.posix.join(map.folder, scope)))
    .sort(([a], [b]) => b.length - a.length)
    .map(([, imports]) => imports);
  for (const imports of [...scopes, map.imports]) {
    const key = Object.keys(imports)
      .filter((each) => each === specifier || (each.endsWith("/") && specifier.startsWith(each)))
      .sort((a, b) => b.length - a.length)[0];
    if (key !== undefined) return `${imports[key]}${specifier.slice(key.length)}`;
  }
  return undefined;
}

function isRelative(address: string): boolean {
  return /^\.\.?\//.test(address);
}

function isWithin(file: string, scope: string): boolean {
  return scope.endsWith("/") ? file.startsWith(scope) : file === scope;
}

const COMMENTS = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const TRAILING_COMMAS = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g;

/** JSON with comments and trailing commas, as deno.json may have. */
function parseJsonc(text: string): unknown {
  const keepStrings = (_match: string, string: string | undefined) => string ?? "";
  return JSON.parse(text.replace(COMMENTS, keepStrings).replace(TRAILING_COMMAS, keepStrings));
}
