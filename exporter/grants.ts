import { escapeLiteral } from "pg";
import { readSqlFile, readSqlFolder, type SqlFile } from "../infra/sql/sql-files.ts";
import { isMetricsFunction } from "../sql/metrics/grants.ts";
import type { JobTable } from "./job-table.ts";

/**
 * The SQL that lets the exporter observe a database to which Jobstack is not deployed: its role, the functions it may
 * execute and nothing else, and the job tables that these may read. One transaction, safe to run again.
 */
export function renderGrants({ jobTables }: { jobTables: readonly JobTable[] }): string {
  return [
    `-- Lets the Jobstack exporter observe this database: role jobstack_exporter, and functions in schema jobstack that
-- this role may execute. Nothing else is granted to it, and nothing else in the database is changed. They have the
-- rights of the role that runs this script, which must be a superuser or have BYPASSRLS, and in the database that is
-- observed:
--   psql -X -v ON_ERROR_STOP=1 -f <this file> "<database>"
-- Run it again after an update of Jobstack, and after job tables were described differently. Then give the role a
-- password, once, which psql asks for and sends only as a hash:
--   \\password jobstack_exporter
begin;`,
    bareFile("check_role"),
    bareFile("exporter_role"),
    `create schema if not exists jobstack;
revoke all on schema jobstack from public;
grant usage on schema jobstack to jobstack_exporter;`,
    bareFile("drop_functions"),
    bareFile("exporter_migration"),
    ...readSqlFolder("metrics/migrations").map(applyOnce),
    bareFile("job_table"),
    "revoke all on all tables in schema jobstack from public, jobstack_exporter;",
    describeTables(jobTables),
    ...installedFunctions().map(({ sql }) => sql.trim()),
    `revoke all on all routines in schema jobstack from public;\n${grantFunctions()}`,
    "commit;",
    ...(jobTables.length === 0 ? [] : [reportStates]),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The SQL that takes away what that of `renderGrants` made, the exporter's counters included. */
export function renderRemoval(): string {
  return `-- Takes away what "jobstack exporter grants" made in this database. Run it in each database of the server:
--   psql -X -v ON_ERROR_STOP=1 -f <this file> "<database>"
begin;

${["check_removal", "drop_functions", "drop_schema", "drop_role"].map(bareFile).join("\n\n")}

commit;
`;
}

const reportStates = `-- What is still missing, if anything.
select t.name as job_table, jobstack.job_table_state(t.name) as state from jobstack.job_table t order by t.name;`;

function installedFunctions(): SqlFile[] {
  return [...readSqlFolder("metrics/functions"), ...readSqlFolder("metrics/bare/functions")];
}

function grantFunctions(): string {
  const names = installedFunctions().map(({ name }) => name);
  const granted = names.filter(isMetricsFunction).map((name) => `  jobstack.${name}`);
  return `grant execute on function\n${granted.join(",\n")}\nto jobstack_exporter;`;
}

/** A migration is no statement that may run twice. */
function applyOnce({ name, sql }: SqlFile): string {
  return `do $migration$
begin
  if exists (select from jobstack.exporter_migration m where m.file = '${name}') then
    return;
  end if;

${sql.trim()}

insert into jobstack.exporter_migration values ('${name}');
end;
$migration$;`;
}

/** Everything that a user wrote is in these literals, and in nothing else. */
function describeTables(jobTables: readonly JobTable[]): string {
  const rows = jobTables.map(
    (table) => `  (${escapeLiteral(table.name)}, ${escapeLiteral(JSON.stringify(table))})`,
  );
  const insert = `insert into jobstack.job_table (name, description) values\n${rows.join(",\n")};`;
  return ["delete from jobstack.job_table;", ...(rows.length === 0 ? [] : [insert])].join("\n");
}

function bareFile(name: string): string {
  return readSqlFile(`metrics/bare/${name}.sql`).trim();
}
