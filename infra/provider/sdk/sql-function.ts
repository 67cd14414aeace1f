import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface SqlFunctionArgs {
  /** Schema of the function. A change replaces the resource. */
  schema: pulumi.Input<string>;
  /** Name of the function; one function or procedure of this name per schema. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** One whole `create or replace function` or `create or replace procedure` statement that makes exactly schema.name. */
  definition: pulumi.Input<string>;
  /** Role that owns it. Default: the role that deploys; an owner found or set before is kept. */
  owner?: pulumi.Input<string> | undefined;
  /**
   * Exactly these roles (and the owner) may execute it; "public" means everyone, and "anon with grant option" lets a role
   * pass it on. Default: grants are left alone.
   */
  execute?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Text for `comment on function`. Default: the comment found or set before is kept. */
  comment?: pulumi.Input<string> | undefined;
  /** Take over a function that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A function or procedure. Import id: "schema.name", with "(argument types)" behind it where several have the name. */
export class SqlFunction extends pulumi.CustomResource {
  declare readonly schema: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: SqlFunctionArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:SqlFunction", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
