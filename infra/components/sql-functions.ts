import type { CustomResourceOptions } from "@pulumi/pulumi";
import { SqlFunction } from "../provider/sdk.ts";
import type { SqlFile } from "../sql/sql-files.ts";

export interface SqlFunctionsArgs {
  schema: string;
  files: SqlFile[];
  /** Roles that may execute a function, by its name; a function that is not named here is for its owner alone. */
  execute?: Readonly<Record<string, readonly string[]>>;
}

/** One resource for each file; a file is one statement and bears its function's name. */
export function declareSqlFunctions(args: SqlFunctionsArgs, opts: CustomResourceOptions): SqlFunction[] {
  const { schema, files, execute = {} } = args;
  return files.map(
    ({ name, sql }) =>
      new SqlFunction(
        `${schema}.${name}`,
        { schema, name, definition: sql, execute: [...(execute[name] ?? [])] },
        opts,
      ),
  );
}
