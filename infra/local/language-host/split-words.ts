/** The words of a command line as a shell reads them: quotes group, a backslash takes the next sign as it is. */
export function splitWords(line: string): string[] {
  const words = line.match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s\\"'])+/gs) ?? [];
  return words.map((word) =>
    word.replace(/\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/gs, (_, escaped, quoted, literal) =>
      String(escaped ?? literal ?? String(quoted).replace(/\\(["\\$`])/g, "$1")),
    ),
  );
}
