/** Comments, strings, templates and regular expressions: whatever may hold text that only looks like an import. */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<quote>["'])(?<text>(?:\\[\s\S]|(?!\k<quote>)[^\\\n])*)\k<quote>|`(?<template>(?:\\[\s\S]|[^\\`])*)`|(?<=(?:^|[=(,;:[!&|?{}+~^%*<>-]|\breturn|=>)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

// A string in place of each literal, as its number, so that no text within one is read as code.
const IMPORT = /\b(?:from|import)\s*\(?\s*"(\d+)"/g;

/** The specifiers that a module imports or exports from, statically or by a literal `import()`. */
export function moduleImports(source: string): string[] {
  const literals: string[] = [];
  const code = source.replace(TOKEN, (token, ...rest) => {
    const groups = rest.at(-1) as { text?: string; template?: string };
    const text = groups.text ?? (groups.template?.includes("${") ? undefined : groups.template);
    if (text === undefined) return token.startsWith("`") ? "``" : " ";
    return `"${literals.push(text) - 1}"`;
  });
  return [...code.matchAll(IMPORT)].flatMap((match) => literals[Number(match[1])] ?? []);
}
