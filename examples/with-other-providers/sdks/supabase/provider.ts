import * as pulumi from "@pulumi/pulumi";

export interface ProviderArgs {
  /** Supabase access token. */
  accessToken?: pulumi.Input<string>;
  /** Supabase API endpoint. */
  endpoint?: pulumi.Input<string>;
}

export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const accessToken = args.accessToken === undefined ? undefined : pulumi.secret(args.accessToken);
    super("supabase", name, { ...args, accessToken }, opts);
  }
}
