export type GoOutput =
  | { kind: "module"; name: string }
  | { kind: "package"; name: string }
  | { kind: "other"; text: string };

/** What one line of `go build -v` says: a module was fetched, a package is being built, or something else. */
export function parseGoOutput(line: string): GoOutput {
  const module = /^go: downloading (\S+) /.exec(line)?.[1];
  if (module !== undefined) return { kind: "module", name: module };
  if (/^[A-Za-z0-9][\w.~+-]*(\/[\w.~+-]+)*$/.test(line)) return { kind: "package", name: line };
  return { kind: "other", text: line };
}

/** A plain word for the two failures that a user can do something about; undefined for any other. */
export function explainGoFailure(output: string): string | undefined {
  if (/no space left on device/i.test(output))
    return "the disk is full; the build needs about 4 GB for Go's caches";
  if (/signal: killed|cannot allocate memory|out of memory/i.test(output)) {
    return "the memory was not enough; the build needs about 3 GB free";
  }
  if (/dial tcp|no such host|i\/o timeout|connection refused|TLS handshake/i.test(output)) {
    return "the Go module proxy cannot be reached; check the network and GOPROXY";
  }
  return undefined;
}
