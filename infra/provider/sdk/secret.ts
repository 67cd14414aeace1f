import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface SecretArgs {
  /** Name in Vault and of the functions' environment variable; must not begin with "SUPABASE_". A change replaces the resource. */
  name: pulumi.Input<string>;
  /** The secret. Always a Pulumi secret. A change is one `up`, during which the old value is accepted as well. */
  value: pulumi.Input<string>;
  /** What the secret is for; stands in Vault. Default: empty. */
  description?: pulumi.Input<string> | undefined;
  /**
   * How long a change waits, after the functions were told and before callers get the new value. On hosted Supabase a
   * running function may keep its environment until its process ends: the wall clock limit of your plan, 150 or 400
   * seconds, loses no call there either. Default: 0.
   */
  settleSeconds?: pulumi.Input<number> | undefined;
  /** Take over a secret of this name that exists already, in Vault or for the functions. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/**
 * One secret, kept the same in Vault and in the environment of the Edge Functions, as NAME. When its value changes, the
 * old one stands in NAME_PREVIOUS until a moment that it carries. Import id: the name.
 */
export class Secret extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs, opts?: pulumi.CustomResourceOptions) {
    const value = pulumi.secret(args.value);
    super("jobstack:index:Secret", name, { ...args, value, observed: undefined }, deleteFirst(opts));
  }
}
