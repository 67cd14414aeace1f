/** Forms of credentials that third parties put into their messages. */
const patterns: readonly [RegExp, string][] = [
  [/\bAIza[\w-]{20,}/g, "[redacted]"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[redacted]"],
  [/\bsb_secret_[\w-]+/g, "[redacted]"],
  [/\b(bearer)\s+[^\s"',;]+/gi, "$1 [redacted]"],
  [/([?&](?:key|api_?key|token|secret|password)=)[^&\s"']+/gi, "$1[redacted]"],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, "$1:[redacted]@"],
];

/** Removes credentials from a text: the given ones word for word, and everything that looks like one. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret !== "");
  const cleared = known.reduce((result, secret) => result.replaceAll(secret, "[redacted]"), text);
  return patterns.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), cleared);
}
