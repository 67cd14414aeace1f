import type { Path } from "../kernel/path.ts";

/** Each needs quotes in SQL, and each for another reason; the last is as long as a name may be. */
export const ODD_NAMES: readonly string[] = [
  "Upper Case",
  'two "quotes"',
  "my.name",
  "it's",
  "back\\slash",
  "ünï → 名",
  "select",
  "1st",
  "(integer)",
  "line\nbreak; --",
  "x".repeat(63),
];

/** Texts that end a quote, a statement or a protocol message where somebody forgot to quote them. */
export const HOSTILE_TEXTS: readonly string[] = [
  "'; drop table canary; --",
  '"; drop table canary; --',
  "$$; drop table canary; $$",
  "\\'; drop table canary; --",
  '") ; drop table canary; --',
  "x; drop table canary",
  "x\0; drop table canary; --",
];

/** Where in the inputs there are texts. */
export function textPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    textPaths(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The same value with another one at the path. */
export function replaceAt(value: unknown, [segment, ...rest]: Path, replacement: unknown): unknown {
  if (segment === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((part, index) => (index === segment ? replaceAt(part, rest, replacement) : part));
  const record = value as Record<string, unknown>;
  return { ...record, [segment]: replaceAt(record[segment], rest, replacement) };
}
