import path from "node:path";
import { z } from "zod";
import { type ShimAddresses, specifierShim } from "./specifier-shim.ts";

const addresses = z.record(z.string(), z.string());

/** The parts of an import map or a `deno.json` that resolution needs; everything else in it is left out. */
export const importMapSchema = z.object({
  imports: addresses.optional(),
  scopes: z.record(z.string(), addresses).optional(),
});

export type ImportMap = z.infer<typeof importMapSchema>;

export interface ImportMapInput {
  /** The function's own import map, and the folder it stands in, relative to the resulting map's. */
  own: { map: ImportMap; folder: string; isDenoConfig: boolean } | null;
  /** Import specifiers that occur in the function's code. */
  specifiers: Iterable<string>;
  shims: ShimAddresses;
}

/** The import map that Deno is given: the function's own, moved to another folder, and stand-ins for what it lacks. */
export function effectiveImportMap({ own, specifiers, shims }: ImportMapInput): Required<ImportMap> {
  const move = (address: string) => movedAddress(address, own?.folder ?? ".");
  const shimmed = (address: string) => specifierShim(address, shims) ?? move(address);
  const moveAll = (entries: Record<string, string>) =>
    Object.fromEntries(Object.entries(entries).map(([key, address]) => [move(key), shimmed(address)]));

  const written = own?.map.imports ?? {};
  const imports = moveAll(own?.isDenoConfig ? withSubpaths(written) : written);
  for (const specifier of specifiers) {
    const shim = specifierShim(specifier, shims);
    if (shim !== null) imports[specifier] ??= shim;
  }
  const scopes = Object.entries(own?.map.scopes ?? {}).map(([scope, entries]) => [
    move(scope),
    moveAll(entries),
  ]);
  return { imports, scopes: Object.fromEntries(scopes) };
}

/** Relative addresses count from the folder of the map that holds them. */
function movedAddress(address: string, folder: string): string {
  if (!/^\.\.?\//.test(address)) return address;
  const moved = path.posix.join(folder, address);
  return moved.startsWith(".") ? moved : `./${moved}`;
}

/** In a `deno.json`, unlike in an import map, an entry for a package also covers what lies below it. */
function withSubpaths(imports: Record<string, string>): Record<string, string> {
  const below = Object.entries(imports).flatMap(([key, address]) => {
    const bare = /^(npm|jsr):\/?(.+)$/.exec(address);
    if (bare === null || key.endsWith("/")) return [];
    return [[`${key}/`, `${bare[1]}:/${bare[2]}/`]];
  });
  return { ...Object.fromEntries(below), ...imports };
}
