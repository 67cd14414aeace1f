/**
 * JSON text that Postgres accepts as `jsonb`: it refuses `\u0000` and lone surrogates, which JavaScript strings may
 * hold, and one such character would make the whole batch impossible to finish. They are dropped or replaced by U+FFFD.
 */
export function encodeJson(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  // JSON.stringify writes surrogate pairs as they are and escapes only lone ones, so each escape found is a lone one.
  return text.replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (sequence) => {
    if (sequence === "\\u0000") return "";
    return sequence.startsWith("\\ud") ? "\ufffd" : sequence;
  });
}
