import * as pulumi from "@pulumi/pulumi";
import { FunctionSecret, VaultSecret } from "../provider/sdk.ts";

export interface SecretArgs {
  /** Name in Vault and of the functions' environment variable. */
  name: string;
  value: pulumi.Input<string>;
  /** What it is for; stands in Vault. */
  description: string;
}

/** One secret, kept the same in Vault, for the database, and in the environment of the Edge Functions. */
export class Secret extends pulumi.ComponentResource {
  readonly name: string;

  constructor(name: string, args: SecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:Secret", name, {}, opts);
    const { value } = args;
    new VaultSecret(name, args, { parent: this });
    new FunctionSecret(name, { name: args.name, value }, { parent: this });
    this.name = args.name;
    this.registerOutputs();
  }
}
