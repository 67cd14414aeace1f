import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface FunctionSecretArgs {
  /** Name of the environment variable; must not begin with "SUPABASE_". A change replaces the resource. */
  name: pulumi.Input<string>;
  /** The secret, at most 24,576 characters. Always a Pulumi secret. */
  value: pulumi.Input<string>;
  /** Take over a secret of this name that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** An environment variable of all Edge Functions of the project. Import id: the name. */
export class FunctionSecret extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: FunctionSecretArgs, opts?: pulumi.CustomResourceOptions) {
    const value = pulumi.secret(args.value);
    super("jobstack:index:FunctionSecret", name, { ...args, value, observed: undefined }, deleteFirst(opts));
  }
}
