import pg from "pg";

/** A statement that calls a function with named arguments; those without a value are left to the function's defaults. */
export function sqlCall(name: string, args: Record<string, string | undefined>): string {
  const given = Object.entries(args).flatMap(([argument, value]) =>
    value === undefined ? [] : [`${argument} => ${pg.escapeLiteral(value)}`],
  );
  return `select ${name}(${given.join(", ")})`;
}
