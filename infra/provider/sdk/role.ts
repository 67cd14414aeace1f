import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface RoleGrant {
  /** What kind of object `name` is. "table" covers views and sequences too; "function" procedures too. */
  on: pulumi.Input<"schema" | "table" | "function">;
  /** A schema, "schema.table", or "schema.function" (with "(argument types)" if overloaded). */
  name: pulumi.Input<string>;
  /** Exactly these privileges, e.g. ["select"]; others of this role on this object are revoked. */
  privileges: pulumi.Input<pulumi.Input<string>[]>;
}

export interface RoleArgs {
  /** Name of the role. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** Whether the role may log in. Default: false. */
  login?: pulumi.Input<boolean> | undefined;
  /** Password; reaches the server only as a SCRAM-SHA-256 verifier. A change made outside cannot be seen. */
  password?: pulumi.Input<string> | undefined;
  /** Most connections at once; -1 is no limit. Default: -1. */
  connectionLimit?: pulumi.Input<number> | undefined;
  /** Settings of the role, e.g. { statement_timeout: "5s" }. Default: none. */
  settings?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /** Roles this one is a member of. Default: none. */
  memberOf?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Privileges of the role on single objects. Objects that are not named here are left alone. */
  grants?: pulumi.Input<pulumi.Input<RoleGrant>[]> | undefined;
  /** Take over a role that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A role with all its grants. Import id: the name. */
export class Role extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: RoleArgs, opts?: pulumi.CustomResourceOptions) {
    const password = args.password === undefined ? undefined : pulumi.secret(args.password);
    super("jobstack:index:Role", name, { ...args, password, observed: undefined }, deleteFirst(opts));
  }
}
