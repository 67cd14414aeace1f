/** A go command and the release it belongs to, for instance "1.25.11". */
export interface GoCommand {
  path: string;
  version: string;
}

export type GoChoice =
  | { kind: "ready"; go: GoCommand }
  | { kind: "fetches-newer"; go: GoCommand }
  | { kind: "none" };

/** The oldest go that was seen to fetch a newer toolchain as a module. */
export const oldestFetchingGo = "1.16";

/**
 * The first go that is new enough; else the newest that can fetch the right toolchain from the module proxy; else none.
 * `required` is what the `go` line of the go.mod says.
 */
export function chooseGo(found: readonly GoCommand[], required: string): GoChoice {
  const ready = found.find((go) => compareGoVersions(go.version, required) >= 0);
  if (ready) return { kind: "ready", go: ready };
  const [newest] = [...found].sort((a, b) => compareGoVersions(b.version, a.version));
  if (newest && compareGoVersions(newest.version, oldestFetchingGo) >= 0)
    return { kind: "fetches-newer", go: newest };
  return { kind: "none" };
}

/** Reads the release from the output of `go version`; undefined for a development build, which has none. */
export function parseGoVersion(output: string): string | undefined {
  return /\bgo(\d+\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)\b/.exec(output)?.[1];
}

/** Reads the `go` line of a go.mod. */
export function requiredGoVersion(goMod: string): string {
  const version = /^go (\S+)$/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error('go.mod: has no "go" line');
  return version;
}

/** Negative, zero or positive. A release candidate comes before its release: 1.25rc1 < 1.25.0. */
export function compareGoVersions(a: string, b: string): number {
  const left = sortKey(a);
  const right = sortKey(b);
  for (const [index, part] of left.entries()) {
    const difference = part - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function sortKey(version: string): number[] {
  const [, major, minor, patch, stage, step] =
    /^(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?$/.exec(version) ?? [];
  const stageRank = stage === "beta" ? -2 : stage === "rc" ? -1 : 0;
  return [Number(major ?? 0), Number(minor ?? 0), Number(patch ?? 0), stageRank, Number(step ?? 0)];
}

const goSystems: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin" };
const goArchitectures: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", arm64: "arm64" };

/** Go's name of a machine, for instance "linux-amd64"; undefined where Jobstack builds nothing. */
export function goPlatform(platform: NodeJS.Platform, arch: NodeJS.Architecture): string | undefined {
  const system = goSystems[platform];
  const architecture = goArchitectures[arch];
  return system && architecture ? `${system}-${architecture}` : undefined;
}
