/**
 * The schema that a system was deployed to, as SQL writes it, from the environment of its functions; without that
 * variable the one that it has by itself.
 */
export function systemSchema(
  env: { get(name: string): string | undefined },
  variable: string,
  usual: string,
): string {
  const name = env.get(variable) || usual;
  return `"${name.replaceAll('"', '""')}"`;
}
