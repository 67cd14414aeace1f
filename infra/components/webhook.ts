import type * as pulumi from "@pulumi/pulumi";

/** Where messages go: exactly one of both. */
export type Webhook =
  | {
      /** Address of the webhook, which everyone who may read `cron.job` sees. */
      url: pulumi.Input<string>;
      urlSecret?: never;
    }
  | {
      /** Name of the Vault secret that holds the webhook's address. */
      urlSecret: pulumi.Input<string>;
      url?: never;
    };
