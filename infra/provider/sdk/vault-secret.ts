import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface VaultSecretArgs {
  /** Name of the secret in Vault. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** The secret. Always a Pulumi secret; reaches the server where no log of it shows it. */
  value: pulumi.Input<string>;
  /** What the secret is for. Default: empty. */
  description?: pulumi.Input<string> | undefined;
  /** Take over a secret of this name that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A secret in Supabase Vault. Import id: the name. */
export class VaultSecret extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: VaultSecretArgs, opts?: pulumi.CustomResourceOptions) {
    const value = pulumi.secret(args.value);
    super("jobstack:index:VaultSecret", name, { ...args, value, observed: undefined }, deleteFirst(opts));
  }
}
