import { userError } from "../kernel/user-error.ts";
import type { Sql } from "./database.ts";
import { quoteIdentifier, quoteLiteral } from "./identifier.ts";
import { findPrivileges, type GrantTarget, grantTarget } from "./role-catalog.ts";
import { scramVerifier } from "./scram.ts";

export interface Grant extends GrantTarget {
  privileges: readonly string[];
}

export interface Attributes {
  login: boolean;
  connectionLimit: number;
  /** Undefined leaves the password alone. */
  password: string | undefined;
}

export async function setAttributes(sql: Sql, role: string, wanted: Attributes): Promise<void> {
  const { login, connectionLimit, password } = wanted;
  const attributes = [login ? "login" : "nologin", `connection limit ${connectionLimit}`];
  if (password !== undefined) attributes.push(`password ${quoteLiteral(scramVerifier(password))}`);
  await sql.statement(`alter role ${quoteIdentifier(role)} ${attributes.join(" ")}`);
}

/** Sets and resets until the role has exactly the wanted settings; undefined leaves them alone. */
export async function syncSettings(
  sql: Sql,
  role: string,
  live: Record<string, string>,
  wanted: Record<string, string> | undefined,
): Promise<void> {
  if (wanted === undefined) return;
  const name = quoteIdentifier(role);
  for (const setting of Object.keys(live).filter((each) => !(each in wanted))) {
    await sql.statement(`alter role ${name} reset ${settingName(setting)}`);
  }
  for (const [setting, value] of Object.entries(wanted).filter(([each, text]) => live[each] !== text)) {
    await sql.statement(`alter role ${name} set ${settingName(setting)} = ${settingValue(setting, value)}`);
  }
}

/** Grants and revokes until the role is a member of exactly the wanted ones; undefined leaves them alone. */
export async function syncMemberships(
  sql: Sql,
  role: string,
  live: readonly string[],
  wanted: readonly string[] | undefined,
): Promise<void> {
  if (wanted === undefined) return;
  const name = quoteIdentifier(role);
  for (const group of live.filter((each) => !wanted.includes(each))) {
    await sql.statement(`revoke ${quoteIdentifier(group)} from ${name}`);
  }
  for (const group of wanted.filter((each) => !live.includes(each))) {
    await sql.statement(`grant ${quoteIdentifier(group)} to ${name}`);
  }
}

/** Objects that the program named before and does not name any more lose their grants; all others are left alone. */
export async function syncGrants(
  sql: Sql,
  role: string,
  before: readonly Grant[],
  wanted: readonly Grant[],
): Promise<void> {
  const isWanted = ({ on, name }: Grant) => wanted.some((each) => each.on === on && each.name === name);
  const dropped = before.filter((each) => !isWanted(each)).map((each) => ({ ...each, privileges: [] }));
  for (const target of [...dropped, ...wanted]) await syncPrivileges(sql, role, target);
}

async function syncPrivileges(sql: Sql, role: string, target: Grant): Promise<void> {
  const live = await findPrivileges(sql, role, target);
  if (live === undefined) {
    if (target.privileges.length === 0) return;
    const wrong = `is granted privileges on ${target.on} "${target.name}", which does not exist`;
    throw userError("role", role, wrong, "correct the name, or let the role depend on what makes it");
  }
  const object = grantTarget(target);
  const surplus = live.filter((each) => !target.privileges.includes(each)).join(", ");
  const missing = target.privileges.filter((each) => !live.includes(each)).join(", ");
  if (surplus !== "") await sql.statement(`revoke ${surplus} on ${object} from ${quoteIdentifier(role)}`);
  if (missing !== "") await sql.statement(`grant ${missing} on ${object} to ${quoteIdentifier(role)}`);
}

/** Names of extensions' settings have a dot, which must stay outside the quotes. */
function settingName(setting: string): string {
  return setting.split(".").map(quoteIdentifier).join(".");
}

// Quoted as one text, a list would be taken for one long name.
const LISTS = ["search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"];

function settingValue(setting: string, value: string): string {
  if (!LISTS.includes(setting)) return quoteLiteral(value);
  const names = value.split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  return names.map(quoteLiteral).join(", ");
}
