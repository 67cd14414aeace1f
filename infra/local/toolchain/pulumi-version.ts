/** Whether a CLI can serve the SDK: the same major version and not older. Both with or without a leading "v". */
export function fitsSdk(cli: string, sdk: string): boolean {
  const left = parse(cli);
  const right = parse(sdk);
  if (!left || !right || left.major !== right.major) return false;
  if (left.minor !== right.minor) return left.minor > right.minor;
  if (left.patch !== right.patch) return left.patch > right.patch;
  // A development build of a release comes before that release.
  return !left.prerelease || right.prerelease;
}

function parse(version: string) {
  const [, major, minor, patch, rest] =
    /^v?(\d+)\.(\d+)\.(\d+)(-[\w.-]+)?(?:\+[\w.-]+)?$/.exec(version.trim()) ?? [];
  if (major === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease: rest !== undefined };
}
