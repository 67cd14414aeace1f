/** What is wrong with an address that the database is to call, and what to write; undefined if nothing is. */
export function findUrlProblem(url: string): string | undefined {
  return /^https?:\/\/[^/]/.test(url) ? undefined : `"${url}" is no address; write https://...`;
}
