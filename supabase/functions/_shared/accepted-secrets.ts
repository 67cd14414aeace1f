/** A secret as it stands in a function's environment. */
export interface SecretPair {
  /** The variable NAME. */
  readonly current: string | undefined;
  /** The variable NAME_PREVIOUS, which is there while the secret is being changed, and for some minutes after. */
  readonly previous?: string | undefined;
}

/** The secret and its predecessor, read from the environment of the function. */
export function secretPair(env: { get(name: string): string | undefined }, name: string): SecretPair {
  return { current: env.get(name), previous: env.get(`${name}_PREVIOUS`) };
}

/**
 * What a caller may present now. The predecessor counts until the moment written before it, "2026-01-31T12:00:00.000Z
 * the-old-secret"; without such a moment callers are just about to change over.
 */
export function acceptedSecrets({ current, previous }: SecretPair, now: number): string[] {
  const [, expiry, dated] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s.exec(previous ?? "") ?? [];
  const old = expiry === undefined ? previous : now < Date.parse(expiry) ? dated : undefined;
  return [current, old].filter((secret) => secret !== undefined && secret !== "") as string[];
}
