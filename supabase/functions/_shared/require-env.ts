/** The value of an environment variable; throws when the function was deployed without it. */
export function requireEnv(env: { get(name: string): string | undefined }, name: string): string {
  const value = env.get(name);
  if (value === undefined || value === "") {
    throw new Error(`Server configuration error: environment variable "${name}" is not set`);
  }
  return value;
}
