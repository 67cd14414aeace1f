/** Keys and indexes from the root of a resource's properties to a value. */
export type Path = readonly (string | number)[];

/** Pulumi's notation: `files[0].sql`, `sources["a/b.ts"]`. */
export function formatPath(path: Path): string {
  return path.map(formatSegment).join("");
}

function formatSegment(segment: string | number, position: number): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (/^[A-Za-z_$][\w$]*$/.test(segment)) return position === 0 ? segment : `.${segment}`;
  return `[${JSON.stringify(segment)}]`;
}

/** The value at the path, or undefined where the path leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, segment) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[segment] : undefined,
    root,
  );
}
