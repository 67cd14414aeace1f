import { z } from "zod";
import type { KnownState, Resource } from "../kernel/resource.ts";
import { FIXED_SEARCH_PATH, type Sql } from "../postgres/database.ts";
import { quoteIdentifier } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { type FoundRole, findPasswordDigest, findRole, type RoleFacts } from "../postgres/role-catalog.ts";
import {
  setRoleComment,
  syncAttributes,
  syncDatabaseSettings,
  syncMemberships,
  syncSettings,
} from "../postgres/role-changes.ts";
import { findPrivileges, type Grant, PRIVILEGE, syncGrants } from "../postgres/role-grants.ts";
import { setPassword } from "../postgres/role-password.ts";
import { adopt, namesOf, postgresName } from "./names.ts";

const grant = z.strictObject({
  on: z.enum(["schema", "table", "function"], { error: "must be one of schema, table, function" }),
  name: z.string().min(1, "must not be empty").describe("the object"),
  privileges: z.array(
    z
      .string()
      .regex(PRIVILEGE, "must be one privilege in lower case, such as select")
      .refine((text) => !/^all\b/.test(text), "must be one privilege; name each instead of all"),
  ),
});

const inputs = z.strictObject({
  name: postgresName.describe("name of the role"),
  login: z.boolean().optional().describe("may log in"),
  password: z.string().min(1, "must not be empty").optional().describe("password"),
  connectionLimit: z
    .int()
    .gte(-1, "must be -1 for no limit, or more")
    .optional()
    .describe("most connections at once"),
  validUntil: z
    .string()
    .regex(
      /^(?:infinity|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)$/,
      'must be a time in UTC or infinity; write "2030-01-31T00:00:00Z"',
    )
    .optional()
    .describe("when its password ceases to work"),
  inherit: z.boolean().optional().describe("has the privileges of the roles it is a member of"),
  createDatabase: z.boolean().optional().describe("may make databases"),
  createRole: z.boolean().optional().describe("may make roles"),
  replication: z.boolean().optional().describe("may replicate"),
  bypassRls: z.boolean().optional().describe("row level security does not hold for it"),
  settings: z.record(z.string(), z.string()).optional().describe("settings of the role"),
  memberOf: z.array(z.string().min(1, "must not be empty")).optional().describe("roles it is a member of"),
  grants: z.array(grant).optional().describe("privileges on single objects"),
  comment: z.string().optional().describe("comment on the role"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/**
 * Grants are facts only on the objects that the program names. Of a password only the digest of its verifier is known,
 * where that may be read; else the number of the role, which tells at least that it was made anew without one.
 */
type Facts = RoleFacts & {
  grants?: Record<string, string[]>;
  passwordDigest?: string;
  oid?: number;
};

/** What a new role is like; an import says what differs. */
const NEW_ROLE = {
  inherit: true,
  createDatabase: false,
  createRole: false,
  replication: false,
  bypassRls: false,
  validUntil: "",
  comment: "",
} satisfies Partial<Inputs>;

/** A role with all its grants in one resource, because Postgres lets no two sessions change one object's grants at once. */
export const role: Resource<Inputs, Facts> = {
  kind: "Role",
  noun: "role",
  schema: inputs,
  defaults: { login: false, connectionLimit: -1 },
  identity: ["name"],
  secretInputs: ["password"],
  shownAs: {
    login: ["login"],
    connectionLimit: ["connectionLimit"],
    validUntil: ["validUntil"],
    inherit: ["inherit"],
    createDatabase: ["createDatabase"],
    createRole: ["createRole"],
    replication: ["replication"],
    bypassRls: ["bypassRls"],
    settings: ["settings"],
    memberOf: ["memberOf"],
    grants: ["grants"],
    comment: ["comment"],
  },
  atomic: true,

  id: ({ name }) => joinNames([name]),

  async read({ sql }, id, { inputs: given }) {
    const name = namesOf(["name"], id, given)?.name ?? "";
    const found = await findRole(sql, name);
    if (found === undefined) return undefined;
    const grants = given?.grants && (await liveGrants(sql, name, given.grants));
    const password = given?.password === undefined ? {} : { password: given.password };
    return {
      inputs: { name, ...shownInputs(found.facts, given), ...password, ...(grants && { grants }) },
      facts: {
        ...found.facts,
        ...(grants && { grants: factsOf(grants) }),
        ...(given?.password !== undefined && (await passwordFacts(sql, name, found))),
      },
    };
  },

  async apply({ sql }, wanted, before, known) {
    const { name } = wanted;
    // Argument types in the names of functions are compared with Postgres's rendering of them.
    await sql.script(FIXED_SEARCH_PATH);
    if (before === undefined) await sql.statement(`create role ${quoteIdentifier(name)}`);
    const live = (await findRole(sql, name))?.facts;
    if (live === undefined) return;
    const target = { ...live, ...known?.observed, ...given(wanted) };
    await syncAttributes(sql, name, live, target);
    if (wanted.password !== undefined && mustSetPassword(wanted.password, before?.facts, known)) {
      await setPassword(sql, name, wanted.password);
    }
    await syncSettings(sql, name, live.settings, target.settings);
    await syncDatabaseSettings(sql, name, live.databaseSettings, target.databaseSettings);
    await syncMemberships(sql, name, live.memberOf, target.memberOf);
    if (live.comment !== target.comment) await setRoleComment(sql, name, target.comment);
    await syncGrants(sql, name, known?.inputs.grants ?? [], wanted.grants ?? []);
  },

  async remove({ sql }, _id, { inputs: { name, grants } }) {
    if ((await findRole(sql, name)) === undefined) return;
    await syncGrants(sql, name, grants ?? [], []);
    await sql.statement(`drop role ${quoteIdentifier(name)}`);
  },
};

/** What the program says of the role itself. */
function given(wanted: Inputs): Partial<RoleFacts> {
  const { name, password, grants, adopt, ...said } = wanted;
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** The inputs that make the role what it is: those that were given, and of the others what differs from a new role's. */
function shownInputs(facts: RoleFacts, given: Partial<Inputs> | undefined): Partial<Inputs> {
  const { login, connectionLimit, settings, memberOf } = facts;
  const differing = Object.entries(NEW_ROLE)
    .map(([key]) => key as keyof typeof NEW_ROLE)
    .filter((key) => given?.[key] !== undefined || facts[key] !== NEW_ROLE[key]);
  return {
    login,
    connectionLimit,
    ...Object.fromEntries(differing.map((key) => [key, facts[key]])),
    ...((given?.settings !== undefined || Object.keys(settings).length > 0) && { settings }),
    ...((given?.memberOf !== undefined || memberOf.length > 0) && { memberOf }),
  };
}

async function passwordFacts(sql: Sql, name: string, { oid }: FoundRole): Promise<Partial<Facts>> {
  const passwordDigest = await findPasswordDigest(sql, name);
  return passwordDigest === undefined ? { oid } : { passwordDigest };
}

function mustSetPassword(
  password: string,
  live: Facts | undefined,
  known: KnownState<Inputs, Facts> | undefined,
): boolean {
  if (live === undefined || known === undefined || password !== known.inputs.password) return true;
  const { passwordDigest, oid } = known.observed;
  const changed = passwordDigest !== undefined && passwordDigest !== live.passwordDigest;
  return changed || (oid !== undefined && oid !== live.oid);
}

type GivenGrant = z.infer<typeof grant>;

async function liveGrants(sql: Sql, grantee: string, given: readonly Grant[]): Promise<GivenGrant[]> {
  const grants: GivenGrant[] = [];
  for (const { on, name } of given) {
    const held = await findPrivileges(sql, grantee, { on, name });
    grants.push({ on, name, privileges: held?.privileges ?? [] });
  }
  return grants;
}

function factsOf(grants: readonly Grant[]): Record<string, string[]> {
  return Object.fromEntries(grants.map(({ on, name, privileges }) => [`${on} ${name}`, [...privileges]]));
}
