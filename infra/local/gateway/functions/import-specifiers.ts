const importPattern = /\b(?:from|import)\s*\(?\s*(["'])([^"'\n]+)\1/g;

/** Every text that stands where an import specifier can; may hold a few that are none, as in comments. */
export function importSpecifiers(source: string): string[] {
  return [...source.matchAll(importPattern)].flatMap((match) => match[2] ?? []);
}
