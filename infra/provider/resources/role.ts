import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import type { Sql } from "../postgres/database.ts";
import { quoteIdentifier } from "../postgres/identifier.ts";
import { findPrivileges, findRole } from "../postgres/role-catalog.ts";
import { setAttributes, syncGrants, syncMemberships, syncSettings } from "../postgres/role-changes.ts";
import { adopt, postgresName } from "./names.ts";

const grant = z.strictObject({
  on: z.enum(["schema", "table", "function"], { error: "must be one of schema, table, function" }),
  name: z.string().min(1, "must not be empty").describe("the object"),
  privileges: z.array(z.string().regex(/^[a-z]+$/, "must be one word in lower case, such as select")),
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
  settings: z.record(z.string(), z.string()).optional().describe("settings of the role"),
  memberOf: z.array(postgresName).optional().describe("roles it is a member of"),
  grants: z.array(grant).optional().describe("privileges on single objects"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
type Grant = z.infer<typeof grant>;
/** Settings, memberships and grants are facts only while the program says something about them. */
type Facts = {
  login: boolean;
  connectionLimit: number;
  settings?: Record<string, string>;
  memberOf?: string[];
  grants?: Record<string, string[]>;
};

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
    settings: ["settings"],
    memberOf: ["memberOf"],
    grants: ["grants"],
  },
  atomic: true,

  id: ({ name }) => name,

  async read({ sql }, id, { inputs: given }) {
    const live = await findRole(sql, id);
    if (live === undefined) return undefined;
    const { login, connectionLimit, settings, memberOf } = live;
    const managed = {
      ...((given === undefined || given.settings !== undefined) && { settings }),
      ...((given === undefined || given.memberOf !== undefined) && { memberOf }),
    };
    const grants = given?.grants && (await liveGrants(sql, id, given.grants));
    const password = given?.password === undefined ? {} : { password: given.password };
    return {
      inputs: { name: id, login, connectionLimit, ...password, ...managed, ...(grants && { grants }) },
      facts: { login, connectionLimit, ...managed, ...(grants && { grants: factsOf(grants) }) },
    };
  },

  async apply({ sql }, wanted, _live, known) {
    const { name, login = false, connectionLimit = -1 } = wanted;
    const live = await findRole(sql, name);
    if (live === undefined) await sql.statement(`create role ${quoteIdentifier(name)}`);
    const samePassword = live !== undefined && wanted.password === known?.inputs.password;
    const password = samePassword ? undefined : wanted.password;
    await setAttributes(sql, name, { login, connectionLimit, password });
    await syncSettings(sql, name, live?.settings ?? {}, wanted.settings);
    await syncMemberships(sql, name, live?.memberOf ?? [], wanted.memberOf);
    await syncGrants(sql, name, known?.inputs.grants ?? [], wanted.grants ?? []);
  },

  async remove({ sql }, id, { inputs: { grants } }) {
    if ((await findRole(sql, id)) === undefined) return;
    await syncGrants(sql, id, grants ?? [], []);
    await sql.statement(`drop role ${quoteIdentifier(id)}`);
  },
};

async function liveGrants(sql: Sql, grantee: string, given: readonly Grant[]): Promise<Grant[]> {
  const grants: Grant[] = [];
  for (const { on, name } of given) {
    grants.push({ on, name, privileges: (await findPrivileges(sql, grantee, { on, name })) ?? [] });
  }
  return grants;
}

function factsOf(grants: readonly Grant[]): Record<string, string[]> {
  return Object.fromEntries(grants.map(({ on, name, privileges }) => [`${on} ${name}`, privileges]));
}
