import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface SchemaArgs {
  /** Name of the schema. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** Role that owns the schema. Default: the role that deploys; an owner found or set before is kept. */
  owner?: pulumi.Input<string> | undefined;
  /**
   * Exactly these roles (and the owner) get USAGE; "public" means everyone, and "anon with grant option" lets a role pass it
   * on. Default: grants are left alone.
   */
  usage?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Exactly these roles (and the owner) get CREATE, written like `usage`. Default: grants are left alone. */
  create?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Text for `comment on schema`. Default: the comment found or set before is kept. */
  comment?: pulumi.Input<string> | undefined;
}

/** A schema. One that is there already is used; it is dropped only if this resource made it and it is empty. Import id: the name. */
export class Schema extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: SchemaArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:Schema", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
