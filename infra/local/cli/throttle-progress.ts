/** On a screen a line replaces the last one; in a log each stays, and a long build has thousands. */
const periodMs = process.stdout.isTTY ? 100 : 5_000;

/** Passes on the first line and then at most one in each period. */
export function throttleProgress(say: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const now = Date.now();
    if (now - last < periodMs) return;
    last = now;
    say(line);
  };
}
