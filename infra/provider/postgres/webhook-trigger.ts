import { createHash } from "node:crypto";
import type { Sql } from "./database.ts";

/** What the trigger of a webhook tells its function, as the JSON text of its only argument. */
export interface WebhookSettings {
  url: string;
  method: string;
  timeoutMs: number;
  headers?: Record<string, string>;
  /** By header: the name of a secret in Vault, and what stands before its value. */
  secretHeaders?: Record<string, { secret: string; prefix?: string | undefined }>;
  sign?: { secret: string; audience: string };
}

export type WebhookEvent = "INSERT" | "UPDATE" | "DELETE";

/** A row trigger as the catalog has it. */
export interface WebhookTrigger {
  /** Postgres's rendering without the arguments, which may hold what somebody took for a safe place. */
  definition: string;
  /** Condition in it; empty for none. */
  when: string;
  events: WebhookEvent[];
  firing: string;
  argumentsSha256: string;
  /** What the arguments say, ours or those of Supabase's own webhooks; undefined if neither. */
  settings: Partial<WebhookSettings> | undefined;
  functionSchema: string;
  functionName: string;
}

interface Row extends Record<string, unknown> {
  definition: string;
  type: number;
  firing: string;
  arguments: Buffer;
  functionSchema: string;
  functionName: string;
}

const EVENT_BITS: [WebhookEvent, number][] = [
  ["INSERT", 4],
  ["UPDATE", 16],
  ["DELETE", 8],
];

export async function findWebhookTrigger(
  sql: Sql,
  schema: string,
  table: string,
  name: string,
): Promise<WebhookTrigger | undefined> {
  const [row] = await sql.query<Row>(FIND, [schema, table, name]);
  if (row === undefined) return undefined;
  const definition = withoutArguments(row.definition, argumentsOf(row.arguments));
  return {
    definition,
    when: conditionOf(definition),
    events: EVENT_BITS.filter(([, bit]) => (row.type & bit) !== 0).map(([event]) => event),
    firing: row.firing,
    argumentsSha256: createHash("sha256").update(row.arguments).digest("hex"),
    settings: settingsOf(argumentsOf(row.arguments)),
    functionSchema: row.functionSchema,
    functionName: row.functionName,
  };
}

/** The condition of a definition without arguments, in Postgres's words. */
export function conditionOf(definition: string): string {
  return / FOR EACH (?:ROW|STATEMENT) WHEN \((.*)\) EXECUTE FUNCTION /s.exec(definition)?.[1] ?? "";
}

/** Zero bytes end them. */
function argumentsOf(bytes: Buffer): string[] {
  return bytes.toString("utf8").split("\0").slice(0, -1);
}

function withoutArguments(definition: string, values: readonly string[]): string {
  const rendered = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(", ");
  return definition.endsWith(`(${rendered})`) ? `${definition.slice(0, -rendered.length - 1)})` : definition;
}

function settingsOf(values: readonly string[]): Partial<WebhookSettings> | undefined {
  if (values.length === 1) return parsedObject(values[0]);
  const [url, method, headers, , timeout] = values;
  if (url === undefined || method === undefined) return undefined;
  const given = parsedObject(headers);
  return {
    url,
    method,
    timeoutMs: Number.parseInt(timeout ?? "", 10) || 1_000,
    ...(given !== undefined && { headers: given as Record<string, string> }),
  };
}

function parsedObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const FIND = `
  select pg_catalog.pg_get_triggerdef(t.oid) as definition,
         t.tgtype::int as type,
         case t.tgenabled when 'O' then 'enabled' when 'D' then 'disabled' when 'R' then 'replica only' else 'always' end as firing,
         t.tgargs as arguments,
         fn.nspname::text as "functionSchema",
         f.proname::text as "functionName"
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_proc as f on f.oid = t.tgfoid
    join pg_catalog.pg_namespace as fn on fn.oid = f.pronamespace
   where n.nspname = $1 and c.relname = $2 and t.tgname = $3 and not t.tgisinternal
`;
