/** What apt knows about one package; null where there is none. */
export interface PackageState {
  installed: string | null;
  candidate: string | null;
}

/** Reads `apt-cache policy <names>` (in the C locale). A package that apt does not know is not in the map. */
export function parsePolicy(output: string): Map<string, PackageState> {
  const packages = new Map<string, PackageState>();
  let current: PackageState | undefined;
  for (const line of output.split("\n")) {
    const name = /^(\S+):$/.exec(line)?.[1];
    if (name !== undefined) {
      current = { installed: null, candidate: null };
      packages.set(name, current);
    }
    const [, field, value] = /^ {2}(Installed|Candidate): (.+)$/.exec(line) ?? [];
    if (!current || value === undefined || value === "(none)") continue;
    if (field === "Installed") current.installed = value;
    else current.candidate = value;
  }
  return packages;
}

/**
 * Reads one line of apt's status output (`APT::Status-Fd`), for instance
 * "dlstatus:1:12.5:Retrieving file 1 of 3" or "pmstatus:prometheus:55.1:Unpacking prometheus (amd64)".
 */
export function parseAptStatus(line: string): string | undefined {
  const [, kind, name = "", percent, text = ""] =
    /^(dl|pm)status:([^:]*(?::[a-z][^:]*)?):([\d.]+):(.*)$/.exec(line) ?? [];
  if (kind === undefined) return undefined;
  const share = `${Math.floor(Number(percent))} %`;
  return kind === "dl" ? `downloading packages, ${share}` : `installing packages, ${share}: ${text || name}`;
}

/** Package lists that are older than the archive name files that are gone from it. */
export function isOutdatedListFailure(output: string): boolean {
  return /\b404\b|Unable to fetch some archives|Hash Sum mismatch/i.test(output);
}

/** Another apt, for instance the daily one of the system, is at work on the lists. */
export function isLockFailure(output: string): boolean {
  return /Could not get lock|is another process using it/i.test(output);
}

/** The last lines that say what went wrong, without the status lines in between. */
export function aptErrors(output: string): string[] {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^(dl|pm)status:/.test(line));
  const errors = lines.filter((line) => /^(E|Err|dpkg: error|W):?\b/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-12);
}
