import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface SchemaArgs {
  /** Name of the schema. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** Role that owns the schema. Default: the role that deploys. */
  owner?: pulumi.Input<string> | undefined;
  /** Exactly these roles (and the owner) get USAGE; "public" means everyone. Default: grants are left alone. */
  usage?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** A schema. One that is there already is used; it is dropped only if this resource made it and it is empty. Import id: the name. */
export class Schema extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: SchemaArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:Schema", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
