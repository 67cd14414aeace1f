import * as pulumi from "@pulumi/pulumi";

export interface ProviderArgs {
  /** Connection string of the database that holds the jobs; direct or through a session or transaction pooler. Always a secret. */
  databaseUrl: pulumi.Input<string>;
  /** Supabase project reference, 20 lower-case letters. Needed for `EdgeFunction` and `FunctionSecret` only. */
  projectRef?: pulumi.Input<string> | undefined;
  /** Access token of the Management API (`sbp_...`). Always a secret. Needed together with `projectRef`. */
  accessToken?: pulumi.Input<string> | undefined;
  /** Base address of the Management API. Default: "https://api.supabase.com". */
  apiUrl?: pulumi.Input<string> | undefined;
  /** How long one answer of the Management API may take; that to a deploy, ten times as long. Default: "30s". */
  apiTimeout?: pulumi.Input<string> | undefined;
  /** How long a change waits for a lock before it is tried again, as Postgres writes it. Default: "3s". */
  lockTimeout?: pulumi.Input<string> | undefined;
  /** Upper limit of one statement, as Postgres writes it. Default: "60s". */
  statementTimeout?: pulumi.Input<string> | undefined;
}

/** One database and, optionally, the Supabase project around it. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    const accessToken = args.accessToken === undefined ? undefined : pulumi.secret(args.accessToken);
    super("jobstack", name, { ...args, databaseUrl: pulumi.secret(args.databaseUrl), accessToken }, opts);
  }
}
