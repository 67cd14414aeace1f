import type * as pulumi from "@pulumi/pulumi";
import { Migration, Trigger } from "../provider/sdk.ts";
import type { SqlFile } from "../sql/sql-files.ts";
import { declareSqlFunctions, type SqlFunctionsArgs } from "./sql-functions.ts";
import { declareSystemSchema, type SystemSchemaOptions } from "./system-schema.ts";

export interface SystemDatabaseArgs {
  /** Name of the migration. */
  name: string;
  schema: string;
  /** The SQL files of a folder of the system. */
  files: (folder: "migrations" | "functions" | "triggers") => SqlFile[];
  /** Roles that may execute a function, by its name. */
  execute?: SqlFunctionsArgs["execute"];
  /** The table that a trigger stands on, by the trigger's name. Default: the system has no triggers of its own. */
  triggerTable?: (trigger: string) => string;
}

/**
 * A system's schema, tables, functions and triggers, each waiting for those before; each file of functions and triggers is
 * one object. Returns what the rest of the system must wait for.
 */
export function declareSystemDatabase(
  args: SystemDatabaseArgs,
  { parent, dependsOn }: SystemSchemaOptions,
): pulumi.Resource[] {
  const { name, schema, files, execute = {}, triggerTable } = args;
  const home = declareSystemSchema(schema, { parent, dependsOn });
  const tables = new Migration(name, { name, files: files("migrations") }, { parent, dependsOn: home });
  const functions = declareSqlFunctions(
    { schema, files: files("functions"), execute },
    { parent, dependsOn: tables },
  );
  if (triggerTable === undefined) return [tables, ...functions];
  const triggers = files("triggers").map(({ name: trigger, sql }) => {
    const table = triggerTable(trigger);
    return new Trigger(
      `${schema}.${table}.${trigger}`,
      { schema, table, name: trigger, definition: sql },
      { parent, dependsOn: functions },
    );
  });
  return [tables, ...functions, ...triggers];
}
