import { Command } from "commander";
import { UserError } from "../infra/user-error.ts";
import { describeIssue, pathText } from "./config.ts";
import { exporterSchema } from "./config-schema.ts";
import { renderGrants, renderRemoval } from "./grants.ts";
import type { JobTable } from "./job-table.ts";
import { readConfigFile } from "./read-config-file.ts";

const notes = `
Run what it prints once in each observed database, as a superuser or a role with BYPASSRLS, such as postgres at Supabase,
and again after an update:
  jobstack exporter grants --config exporter.yaml --target shop > grants.sql
  psql -X -v ON_ERROR_STOP=1 -f grants.sql "$DATABASE"
A database to which Jobstack is deployed needs none of this.`;

interface GrantsFlags {
  config?: string;
  target?: string;
  remove?: boolean;
}

/** `jobstack exporter grants`: prints SQL, and reads and changes no database. */
export function grantsCommand(): Command {
  return new Command("grants")
    .description("Print the SQL that lets the exporter observe a database to which Jobstack is not deployed.")
    .option("--config <file>", "YAML file that describes job tables [JOBSTACK_EXPORTER_CONFIG]")
    .option("--target <name>", "whose job tables, if the file has several targets")
    .option("--remove", "print the SQL that takes all of it away again")
    .addHelpText("after", notes)
    .action(({ config = process.env.JOBSTACK_EXPORTER_CONFIG, target, remove }: GrantsFlags) => {
      const script = remove
        ? renderRemoval()
        : renderGrants({ jobTables: config === undefined ? [] : readJobTables(config, target) });
      process.stdout.write(script);
    });
}

/** The job tables of one target of the file. Its database's address is not read: the role has no password yet. */
export function readJobTables(file: string, name?: string): readonly JobTable[] {
  const parsed = exporterSchema.safeParse(readConfigFile(file));
  if (!parsed.success)
    throw new UserError(
      `exporter configuration "${file}": invalid`,
      parsed.error.issues.flatMap((issue) => describeIssue(issue, pathText)),
    );
  const { targets } = parsed.data;
  const names = targets.map((target) => target.name).join(", ");
  if (name === undefined && targets.length > 1)
    throw new UserError(`--target: missing, and the file has several; write one of: ${names}`);
  const found = targets.find((target) => name === undefined || target.name === name);
  if (!found) throw new UserError(`--target "${name}": not in the file; write one of: ${names}`);
  return found.jobTables;
}
