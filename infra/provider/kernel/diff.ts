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

/** What is not as we left it, by fact: a sentence, or where the fact is a record, a sentence for each entry. */
export type Drift = Record<string, string | Record<string, string>>;

/** Values are shown unless `hideValues`. */
export function describeDrift(
  observed: Record<string, unknown>,
  live: Record<string, unknown>,
  hideValues: boolean,
): Drift {
  const drift: Drift = {};
  for (const [fact, now] of Object.entries(live)) {
    const before = observed[fact];
    // A fact that an older version of the provider did not look at says nothing about a change.
    if (!(fact in observed) || isDeepStrictEqual(before, now)) continue;
    drift[fact] =
      isRecord(before) && isRecord(now)
        ? describeEntries(before, now, hideValues)
        : describeChange(before, now, hideValues);
  }
  return drift;
}

/** Every sentence, with its path below the output `drift`. */
export function driftSentences(drift: Drift): { path: Path; sentence: string }[] {
  return Object.entries(drift).flatMap(([fact, told]) =>
    typeof told === "string"
      ? [{ path: [fact], sentence: told }]
      : Object.entries(told).map(([entry, sentence]) => ({ path: [fact, entry], sentence })),
  );
}

function describeEntries(
  before: Record<string, unknown>,
  now: Record<string, unknown>,
  hideValues: boolean,
): Record<string, string> {
  const entries = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const changed = entries.filter((entry) => !isDeepStrictEqual(before[entry], now[entry]));
  return Object.fromEntries(
    changed.map((entry) => [entry, describeChange(before[entry], now[entry], hideValues)]),
  );
}

function describeChange(before: unknown, now: unknown, hideValues: boolean): string {
  const [from, to] = showBoth(before, now);
  if (before === undefined) return `appeared outside of Pulumi${hideValues ? "" : `: ${to}`}`;
  if (now === undefined) return `removed outside of Pulumi${hideValues ? "" : `, was ${from}`}`;
  return `changed outside of Pulumi${hideValues ? "" : ` from ${from} to ${to}`}`;
}

export function topLevelKey(change: Change): string {
  return formatPath(change.path.slice(0, 1));
}

const LONGEST_SHOWN = 120;
/** How much of what two long values have in common is shown before they part. */
const LEAD = 30;

/** Two values in JSON, long ones cut so that the place where they part is seen. */
function showBoth(before: unknown, now: unknown): [string, string] {
  const from = JSON.stringify(before) ?? "nothing";
  const to = JSON.stringify(now) ?? "nothing";
  if (Math.max(from.length, to.length) <= LONGEST_SHOWN) return [from, to];
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  return [cut(from, same - LEAD), cut(to, same - LEAD)];
}

function cut(text: string, start: number): string {
  const shown = start > 0 ? `...${text.slice(start)}` : text;
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}...` : shown;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
