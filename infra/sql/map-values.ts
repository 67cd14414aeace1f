/** The same keys with other values. */
export function mapValues<Key extends string, From>(
  values: Record<Key, From>,
  map: (value: From) => string,
): Record<Key, string> {
  const entries = Object.entries<From>(values).map(([key, value]) => [key, map(value)]);
  return Object.fromEntries(entries) as Record<Key, string>;
}
