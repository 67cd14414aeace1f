/** Shorter values, such as "true" or "1", are words of every log and would hide more than they protect. */
const minimumLength = 6;

/** Returns a function that replaces every secret in a text, whole or line by line, also JSON or URL encoded. */
export function createRedactor(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const part of [secret, ...secret.split(/\r?\n/)]) {
      for (const form of [part, encodeURIComponent(part), JSON.stringify(part).slice(1, -1)]) {
        if (form.trim().length >= minimumLength) forms.add(form);
      }
    }
  }
  if (forms.size === 0) return (text) => text;
  // Longest first: a secret that contains another must go as a whole.
  const alternatives = [...forms].sort((a, b) => b.length - a.length).map(escapeRegExp);
  const pattern = new RegExp(alternatives.join("|"), "g");
  return (text) => text.replace(pattern, "[redacted]");
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
