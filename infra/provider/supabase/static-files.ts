import { readdir } from "node:fs/promises";
import path from "node:path";

/**
 * The files that a pattern names, sorted. As in Supabase's CLI, `*` and `?` stand for signs of one name, `[ab]` and `[^ab]`
 * for one sign, and `**` for one or more folders; names that begin with a dot are names like any other.
 */
export async function expandPattern(root: string, pattern: string): Promise<string[]> {
  return (await expand(root, "", pattern.split("/"))).sort();
}

export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

async function expand(root: string, folder: string, [part = "", ...rest]: string[]): Promise<string[]> {
  const last = rest.length === 0;
  if (!isPattern(part) && !last) return await expand(root, path.posix.join(folder, part), rest);
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
  const matcher = matcherOf(part);
  const found = entries
    .filter(({ name }) => matcher.test(name))
    .map(async (entry) => {
      const name = path.posix.join(folder, entry.name);
      if (!entry.isDirectory()) return last ? [name] : [];
      const within = part === "**" ? [expand(root, name, [part, ...rest])] : [];
      if (!last) within.push(expand(root, name, rest));
      return (await Promise.all(within)).flat();
    });
  return [...new Set((await Promise.all(found)).flat())];
}

function matcherOf(part: string): RegExp {
  const source = part.replace(/\*+|\?|\[\^?[^\]]+\]|[\\^$.+()[\]{}|]/g, (sign) => {
    if (sign.startsWith("*")) return ".*";
    if (sign === "?") return ".";
    return sign.length > 1 ? sign.replaceAll("\\", "\\\\") : `\\${sign}`;
  });
  return new RegExp(`^${source}$`, "s");
}
