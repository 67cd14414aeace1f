const maximumLength = 512;

export type DeployPath = { path: string; problem?: never } | { path?: never; problem: string };

/**
 * Reads a file name of a deploy: relative to the project's root, with slashes, never leading out of it. A leading "./"
 * is dropped; anything else that would not be the same path after normalising is refused.
 */
export function readDeployPath(name: string): DeployPath {
  const path = name.replace(/^(?:\.\/)+/, "");
  const refuse = (what: string) => ({
    problem: `file "${name.slice(0, maximumLength)}": ${what}; write a path relative to the project's root, with slashes`,
  });
  if (path === "") return refuse("is empty");
  if (path.length > maximumLength) return refuse(`is longer than ${maximumLength} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return refuse("has a backslash or a control character");
  if (/^(?:\/|[A-Za-z]:)/.test(path)) return refuse("is absolute");
  if (path.split("/").some((part) => part === "..")) return refuse('has a ".." in it');
  if (path.split("/").some((part) => part === "" || part === ".")) return refuse("has an empty part");
  return { path };
}
