/**
 * Several parts work at once and the listener has one line: it hears the latest of each part, and nothing twice.
 * A part that is done says `undefined`.
 */
export function combineProgress(
  listener: (line: string) => void,
): (part: string, line: string | undefined) => void {
  const latest = new Map<string, string>();
  let said = "";
  return (part, line) => {
    if (line === undefined) latest.delete(part);
    else latest.set(part, line);
    const combined = [...latest.values()].join("; ");
    if (combined === "" || combined === said) return;
    said = combined;
    listener(combined);
  };
}
