import { isDeepStrictEqual } from "node:util";
import { formatPath, type Path } from "./path.ts";
import { UNKNOWN } from "./properties.ts";

export type ChangeKind = "add" | "delete" | "update";

export interface Change {
  path: Path;
  kind: ChangeKind;
}

/** What differs between two plain objects, as the deepest paths that say it. */
export function diffValues(before: unknown, after: unknown, path: Path = []): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return [{ path, kind: "add" }];
  if (after === undefined) return [{ path, kind: "delete" }];
  if (after === UNKNOWN) return [{ path, kind: "update" }];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      diffValues(before[index], after[index], [...path, index]),
    ).flat();
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].sort().flatMap((key) => diffValues(before[key], after[key], [...path, key]));
  }
  return [{ path, kind: "update" }];
}

/** Sentences on the facts that are not as we left them, by fact. Values are shown unless `hideValues`. */
export function describeDrift(
  observed: Record<string, unknown>,
  live: Record<string, unknown>,
  hideValues: boolean,
): Record<string, string> {
  const drift: Record<string, string> = {};
  for (const fact of Object.keys(live)) {
    // A fact that an older version of the provider did not look at says nothing about a change.
    if (!(fact in observed) || isDeepStrictEqual(observed[fact], live[fact])) continue;
    drift[fact] = hideValues
      ? "changed outside of Pulumi"
      : `changed outside of Pulumi from ${show(observed[fact])} to ${show(live[fact])}`;
  }
  return drift;
}

export function topLevelKey(change: Change): string {
  return formatPath(change.path.slice(0, 1));
}

const LONGEST_SHOWN = 120;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
