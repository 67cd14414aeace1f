import { userError } from "../kernel/user-error.ts";
import type { Sql } from "./database.ts";
import { quoteIdentifier, quoteLiteral } from "./identifier.ts";
import { ROLE_SWITCHES, type RoleFacts, type RoleSwitch, type Settings } from "./role-catalog.ts";
import { sqlState } from "./sql-error.ts";

export type RoleAttributes = Pick<RoleFacts, RoleSwitch | "connectionLimit" | "validUntil">;

/** Changes what differs and nothing else, for some attributes only a superuser may even repeat. */
export async function syncAttributes(
  sql: Sql,
  role: string,
  live: RoleAttributes,
  wanted: RoleAttributes,
): Promise<void> {
  const switches = (Object.keys(ROLE_SWITCHES) as RoleSwitch[]).filter((key) => live[key] !== wanted[key]);
  const words: string[] = switches.map((key) => ROLE_SWITCHES[key][wanted[key] ? 0 : 1]);
  if (live.connectionLimit !== wanted.connectionLimit)
    words.push(`connection limit ${wanted.connectionLimit}`);
  if (live.validUntil !== wanted.validUntil)
    words.push(`valid until ${quoteLiteral(wanted.validUntil === "" ? "infinity" : wanted.validUntil)}`);
  if (words.length === 0) return;
  const statement = `alter role ${quoteIdentifier(role)} ${words.join(" ")}`;
  try {
    await sql.statement(statement);
  } catch (error) {
    if (sqlState(error) !== "42501") throw error;
    const wrong = `needs ${words.join(" ")}, which the role of databaseUrl may not set (${(error as Error).message})`;
    throw userError("role", role, wrong, `run as a superuser: ${statement}`);
  }
}

export async function setRoleComment(sql: Sql, role: string, comment: string): Promise<void> {
  await sql.statement(`comment on role ${quoteIdentifier(role)} is ${quoteLiteral(comment)}`);
}

/** Sets and resets until the role has exactly the wanted settings, in all databases or in one. */
export async function syncSettings(
  sql: Sql,
  role: string,
  live: Settings,
  wanted: Settings,
  database?: string,
): Promise<void> {
  const place = database === undefined ? "" : ` in database ${quoteIdentifier(database)}`;
  const alter = `alter role ${quoteIdentifier(role)}${place}`;
  // Postgres stores a name in its own spelling: TimeZone for timezone.
  const valueIn = (settings: Settings, name: string) =>
    Object.entries(settings).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  for (const setting of Object.keys(live).filter((each) => valueIn(wanted, each) === undefined)) {
    await sql.statement(`${alter} reset ${settingName(setting)}`);
  }
  for (const [setting, value] of Object.entries(wanted)) {
    if (valueIn(live, setting) === value) continue;
    await sql.statement(`${alter} set ${settingName(setting)} = ${settingValue(setting, value)}`);
  }
}

/** Settings in single databases; those of a database that is gone went with it. */
export async function syncDatabaseSettings(
  sql: Sql,
  role: string,
  live: Record<string, Settings>,
  wanted: Record<string, Settings>,
): Promise<void> {
  const databases = await sql.query<{ name: string }>(
    "select datname::text as name from pg_catalog.pg_database",
  );
  for (const { name } of databases) {
    await syncSettings(sql, role, live[name] ?? {}, wanted[name] ?? {}, name);
  }
}

/** Grants and revokes until the role is a member of exactly the wanted ones, with exactly these options. */
export async function syncMemberships(
  sql: Sql,
  role: string,
  live: readonly string[],
  wanted: readonly string[],
): Promise<void> {
  const name = quoteIdentifier(role);
  for (const membership of live.filter((each) => !wanted.includes(each))) {
    const { group } = parseMembership(membership);
    for (const { grantor } of await sql.query<{ grantor: string }>(GRANTORS, [group, role])) {
      // Before Postgres 16 there is one membership whoever granted it, and naming another grantor takes a superuser.
      const by = grantor === "" ? "" : ` granted by ${quoteIdentifier(grantor)}`;
      await sql.statement(`revoke ${quoteIdentifier(group)} from ${name}${by} cascade`);
    }
  }
  for (const membership of wanted.filter((each) => !live.includes(each))) {
    const { group, options } = parseMembership(membership);
    await sql.statement(
      `grant ${quoteIdentifier(group)} to ${name}${options === "" ? "" : ` with ${options}`}`,
    );
  }
}

/** "role with admin option"; the options go into the statement as they are. */
function parseMembership(text: string): { group: string; options: string } {
  const option = "(?:admin option|inherit (?:true|false)|set false)";
  const [, group, options] = new RegExp(`^(.+) with (${option}(?:, ${option})*)$`, "s").exec(text) ?? [];
  return { group: group ?? text, options: options ?? "" };
}

/** Names of extensions' settings have a dot, which must stay outside the quotes. */
function settingName(setting: string): string {
  return setting.split(".").map(quoteIdentifier).join(".");
}

// Quoted as one text, a list would be taken for one long name.
const LISTS = ["search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"];

function settingValue(setting: string, value: string): string {
  if (!LISTS.includes(setting.toLowerCase())) return quoteLiteral(value);
  const names = value.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? [];
  const plain = names.map((name) => name.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"'));
  return plain.length === 0 ? "''" : plain.map(quoteLiteral).join(", ");
}

const GRANTORS = `
  select case
           when pg_catalog.current_setting('server_version_num')::int >= 160000
           then pg_catalog.pg_get_userbyid(m.grantor) else ''
         end as grantor
    from pg_catalog.pg_auth_members as m
   where pg_catalog.pg_get_userbyid(m.roleid) = $1 and pg_catalog.pg_get_userbyid(m.member) = $2
`;
