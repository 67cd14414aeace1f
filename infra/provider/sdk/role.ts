import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface RoleGrant {
  /** What kind of object `name` is. "table" covers views and sequences too; "function" procedures too. */
  on: pulumi.Input<"schema" | "table" | "function">;
  /**
   * A schema, "schema.table", or "schema.function" (with "(argument types)" if overloaded, as Postgres writes them). Names
   * are taken as they are, capitals included; one with a dot in it stands in double quotes.
   */
  name: pulumi.Input<string>;
  /**
   * Exactly these privileges, each by its own name, e.g. ["select", "update (status)", "insert with grant option"]; others
   * of this role on this object and its columns are revoked.
   */
  privileges: pulumi.Input<pulumi.Input<string>[]>;
}

export interface RoleArgs {
  /** Name of the role. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** Whether the role may log in. Default: false. */
  login?: pulumi.Input<boolean> | undefined;
  /**
   * Password; reaches the server only as a SCRAM-SHA-256 verifier. A change made outside is seen where the deploying role
   * may read `pg_authid`, as superusers and members of pg_read_all_data may.
   */
  password?: pulumi.Input<string> | undefined;
  /** Most connections at once; -1 is no limit. Default: -1. */
  connectionLimit?: pulumi.Input<number> | undefined;
  /** When the password ceases to work, e.g. "2030-01-31T00:00:00Z" or "infinity". */
  validUntil?: pulumi.Input<string> | undefined;
  /** Whether the role has the privileges of those it is a member of without switching to them. */
  inherit?: pulumi.Input<boolean> | undefined;
  /** Whether the role may make databases. */
  createDatabase?: pulumi.Input<boolean> | undefined;
  /** Whether the role may make roles. */
  createRole?: pulumi.Input<boolean> | undefined;
  /** Whether the role may replicate. */
  replication?: pulumi.Input<boolean> | undefined;
  /** Whether row level security does not hold for the role. */
  bypassRls?: pulumi.Input<boolean> | undefined;
  /** Exactly these settings in every database, e.g. { statement_timeout: "5s" }. */
  settings?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /** Exactly the roles that this one is a member of, e.g. ["pg_monitor"], or with options "pg_monitor with admin option". */
  memberOf?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Privileges of the role on single objects. Objects that are not named here are left alone. */
  grants?: pulumi.Input<pulumi.Input<RoleGrant>[]> | undefined;
  /** Text for `comment on role`. */
  comment?: pulumi.Input<string> | undefined;
  /** Take over a role that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/**
 * A role with all its grants. Of what the program does not say, attributes, settings (also those for a single database),
 * memberships and the comment stay as they were after the last deployment: a change made outside is shown and undone. A
 * new role is as Postgres makes it. Import id: the name.
 */
export class Role extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: RoleArgs, opts?: pulumi.CustomResourceOptions) {
    const password = args.password === undefined ? undefined : pulumi.secret(args.password);
    super("jobstack:index:Role", name, { ...args, password, observed: undefined }, deleteFirst(opts));
  }
}
