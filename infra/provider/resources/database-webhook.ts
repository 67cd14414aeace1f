import { renderTemplate } from "../../sql/render-template.ts";
import { readSqlFile } from "../../sql/sql-files.ts";
import type { Context, KnownState, LiveState, Resource } from "../kernel/resource.ts";
import { userError } from "../kernel/user-error.ts";
import { triggersChangedNow } from "../postgres/changed-triggers.ts";
import type { Sql } from "../postgres/database.ts";
import { syncGrantees } from "../postgres/grantees.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { findRoutines, type RoutineFacts } from "../postgres/routines.ts";
import {
  conditionOf,
  findWebhookTrigger,
  type WebhookSettings,
  type WebhookTrigger,
} from "../postgres/webhook-trigger.ts";
import { databaseWebhookInputs, type DatabaseWebhookInputs as Inputs } from "./database-webhook-inputs.ts";
import { refuseWithoutParts } from "./database-webhook-parts.ts";
import { namesOf } from "./names.ts";

/** Of the trigger, and of the function that it calls now. */
type Facts = {
  definition: string;
  arguments: string;
  firing: string;
  function: string;
  body: string;
  settings: string[];
  securityDefiner: boolean;
  attributes: string;
  owner: string;
  execute: string[];
  comment: string;
};

const NOUN = "database webhook";
const LONGEST_NAME = 63;
const IDENTITY = ["schema", "table", "name"] as const;
/** Headers that hold a key more often than not. What stands there unasked is not copied into Pulumi's state. */
const CONFIDING = /auth|key|secret|token|cookie|signature|password/i;

/** A row trigger and its function, which hand each row to pg_net in the form of Supabase's own webhooks. */
export const databaseWebhook: Resource<Inputs, Facts> = {
  kind: "DatabaseWebhook",
  noun: NOUN,
  schema: databaseWebhookInputs,
  defaults: { method: "POST", timeoutMs: 5_000, enabled: true },
  identity: IDENTITY,
  shownAs: {
    definition: ["events", "when"],
    arguments: ["url", "method", "headers", "secretHeaders", "sign", "timeoutMs"],
    firing: ["enabled"],
    function: ["function"],
  },
  atomic: true,
  // A constraint trigger cannot be replaced.
  remakeOn: ["42710"],

  id: ({ schema, table, name }) => joinNames([schema, table, name]),

  async derive(_context, { table, name, function: given }) {
    if (given !== undefined || table === undefined || name === undefined) return {};
    const derived = `${table}_${name}`;
    const length = Buffer.byteLength(derived);
    if (length <= LONGEST_NAME) return { inputs: { function: derived } };
    const reason = `would be "${derived}", ${length} bytes long, and Postgres keeps ${LONGEST_NAME}; give a shorter one`;
    return { problems: [{ path: ["function"], reason }] };
  },

  async read({ sql }, id, known) {
    const names = namesOf(IDENTITY, id, known.inputs);
    if (names === undefined) return undefined;
    const { schema, table, name } = names;
    const trigger = await findWebhookTrigger(sql, schema, table, name);
    if (trigger === undefined) return undefined;
    const { functionSchema, functionName } = trigger;
    const routine = await findFunction(sql, functionSchema, functionName);
    const facts = factsOf(trigger, routine);
    const func = functionSchema === schema ? functionName : facts.function;
    return { inputs: { schema, table, name, function: func, ...inputsOf(trigger, name, known) }, facts };
  },

  async apply(context, wanted, live, known) {
    await refuseWithoutParts(context, databaseWebhook.id(wanted), wanted);
    await defineFunction(context.sql, wanted, live, known);
    await defineTrigger(context.sql, wanted, live);
    const before = known?.inputs.function;
    if (before !== undefined && before !== wanted.function) await dropFunction(context, wanted, before);
  },

  async remove(context, _id, { inputs }) {
    const table = quoteQualified(inputs.schema, inputs.table);
    await context.sql.statement(`drop trigger if exists ${quoteIdentifier(inputs.name)} on ${table}`);
    await dropFunction(context, inputs, inputs.function ?? "");
  },
};

async function findFunction(sql: Sql, schema: string, name: string): Promise<RoutineFacts | undefined> {
  const routines = await findRoutines(sql, schema, name);
  return routines.find(({ facts }) => facts.signature === "")?.facts;
}

/** Says whose function it is, since the ledger knows webhooks only. */
function markOf({ schema, table, name }: Pick<Inputs, "schema" | "table" | "name">): string {
  return `Sends the database webhook "${name}" of ${schema}.${table}. Written by jobstack; do not edit.`;
}

function factsOf(trigger: WebhookTrigger, routine: RoutineFacts | undefined): Facts {
  const attributes = [routine?.kind, routine?.language, routine?.volatility, routine?.planning];
  return {
    definition: trigger.definition,
    arguments: trigger.argumentsSha256,
    firing: trigger.firing,
    function: `${trigger.functionSchema}.${trigger.functionName}`,
    body: routine?.sourceSha256 ?? "",
    settings: routine?.settings ?? [],
    securityDefiner: routine?.securityDefiner ?? false,
    attributes: attributes.filter((each) => each !== undefined).join(", "),
    owner: routine?.owner ?? "",
    execute: routine?.execute ?? [],
    comment: routine?.comment ?? "",
  };
}

/** What a program would say for the webhook to be as it is, in the words of the known inputs where they mean the same. */
function inputsOf(trigger: WebhookTrigger, name: string, known: Partial<KnownState<Inputs, Facts>>) {
  const { inputs, observed } = known;
  const { headers, secretHeaders, sign, ...rest } = trigger.settings ?? {};
  const sameEvents = [...(inputs?.events ?? [])].sort().join() === [...trigger.events].sort().join();
  const sameWhen = observed !== undefined && conditionOf(observed.definition) === trigger.when;
  const when = sameWhen ? inputs?.when : trigger.when || undefined;
  const shownSign =
    sign?.audience === name && inputs?.sign?.audience === undefined ? { secret: sign.secret } : sign;
  return {
    url: "",
    ...rest,
    events: sameEvents && inputs !== undefined ? inputs.events : trigger.events,
    ...(when !== undefined && { when }),
    ...shownHeaders(headers, inputs?.headers),
    ...(secretHeaders !== undefined && { secretHeaders }),
    ...(shownSign !== undefined && { sign: shownSign }),
    enabled: trigger.firing !== "disabled",
  } as Pick<Inputs, "events" | "url">;
}

function shownHeaders(
  live: Record<string, string> = {},
  known: Record<string, string> | undefined,
): Pick<Inputs, "headers"> {
  const shown = Object.entries(live)
    // Every webhook made by hand has it, and pg_net would add it.
    .filter(([name]) => name.toLowerCase() !== "content-type")
    .map(([name, value]) => [name, CONFIDING.test(name) && known?.[name] !== value ? "[not shown]" : value]);
  return shown.length === 0 && known === undefined ? {} : { headers: Object.fromEntries(shown) };
}

async function defineFunction(
  sql: Sql,
  wanted: Inputs,
  live: LiveState<Inputs, Facts> | undefined,
  known: KnownState<Inputs, Facts> | undefined,
): Promise<void> {
  const { schema, function: name = "" } = wanted;
  const mark = markOf(wanted);
  const found = await findFunction(sql, schema, name);
  const called = live?.facts.function === `${schema}.${name}`;
  if (found !== undefined && found.comment !== mark && !called && wanted.adopt !== true) {
    const wrong = `there is a function "${schema}.${name}" that this stack did not make`;
    const instead = "set adopt: true to replace it, or give another name as function";
    throw userError(NOUN, databaseWebhook.id(wanted), wrong, instead);
  }
  const routine = `function ${quoteQualified(schema, name)}()`;
  const owner = known?.observed.function === `${schema}.${name}` ? known.observed.owner : undefined;
  if (found !== undefined && owner !== undefined && found.owner !== owner) {
    await sql.statement(`alter ${routine} owner to ${quoteIdentifier(owner)}`);
  }
  const template = readSqlFile("webhooks/templates/send_row.sql");
  const names = { schema: quoteIdentifier(schema), function: quoteIdentifier(name) };
  await sql.statement(renderTemplate(template, names));
  await sql.statement(`comment on ${routine} is ${quoteLiteral(mark)}`);
  const grantees = (await findFunction(sql, schema, name))?.execute ?? [];
  await syncGrantees(sql, { on: routine, privilege: "execute", live: grantees, wanted: [] });
}

async function defineTrigger(
  sql: Sql,
  wanted: Inputs,
  live: LiveState<Inputs, Facts> | undefined,
): Promise<void> {
  const id = databaseWebhook.id(wanted);
  const table = quoteQualified(wanted.schema, wanted.table);
  const name = quoteIdentifier(wanted.name);
  const when = wanted.when === undefined ? "" : ` when (${wanted.when}\n)`;
  const call = `${quoteQualified(wanted.schema, wanted.function ?? "")}(${quoteLiteral(argumentOf(wanted))})`;
  const events = wanted.events.join(" or ");
  await sql.statement(
    `create or replace trigger ${name} after ${events} on ${table} for each row${when} execute function ${call}`,
  );
  const made = await triggersChangedNow(sql);
  if (made.length !== 1 || made[0] !== id) {
    throw userError(
      NOUN,
      id,
      `its inputs make ${made.map((other) => `"${other}"`).join(" and ")}`,
      "correct when",
    );
  }
  const enabled = wanted.enabled !== false;
  // A new trigger is enabled, and only the owner of the table may say so again.
  if (live === undefined && enabled) return;
  await sql.statement(`alter table ${table} ${enabled ? "enable" : "disable"} trigger ${name}`);
}

function argumentOf({ name, url, method = "POST", timeoutMs = 5_000, ...more }: Inputs): string {
  const { headers, secretHeaders, sign } = more;
  const settings: WebhookSettings = {
    url,
    method,
    timeoutMs,
    ...(headers !== undefined && { headers }),
    ...(secretHeaders !== undefined && { secretHeaders }),
    ...(sign !== undefined && { sign: { secret: sign.secret, audience: sign.audience ?? name } }),
  };
  return JSON.stringify(settings);
}

/** Only one that bears our mark: the functions of webhooks made by hand serve many. */
async function dropFunction({ sql }: Context, inputs: Inputs, name: string): Promise<void> {
  const found = await findFunction(sql, inputs.schema, name);
  if (found?.comment !== markOf(inputs)) return;
  await sql.statement(`drop function ${quoteQualified(inputs.schema, name)}() restrict`);
}
