import { Redactor } from "../kernel/redactor.ts";

/** So many letters and digits in a row that are also in a secret are no accident. */
const RUN = 12;

/**
 * What a server says, without the secrets that were sent to it. It may repeat its request in any form and cut it
 * anywhere, so a text that still has a longer piece of a secret in it is left out as a whole.
 */
export function concealSecrets(text: string, secrets: readonly string[]): string {
  const redacted = new Redactor(secrets).redact(text);
  const said = runsOf(redacted);
  const leaks = secrets.some((secret) => [...runsOf(secret)].some((run) => said.has(run)));
  return leaks ? "(its words are left out, because they repeat a secret)" : redacted;
}

/** Signs in another form: in HTML, in a URL, in JSON. */
const ESCAPED = /&#?\w+;|%[0-9A-Fa-f]{2}|\\+(?:u[0-9A-Fa-f]{4}|[nrtbf])/g;

/** Letters and digits only: everything else differs by form. */
function runsOf(text: string): Set<string> {
  const plain = text.replace(ESCAPED, "").replace(/[^\p{L}\p{N}]/gu, "");
  const count = Math.max(0, plain.length - RUN + 1);
  return new Set(Array.from({ length: count }, (_, start) => plain.slice(start, start + RUN)));
}
