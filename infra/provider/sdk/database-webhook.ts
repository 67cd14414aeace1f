import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface WebhookSecretHeader {
  /** Name of the secret in Vault. */
  secret: pulumi.Input<string>;
  /** What stands before its value, e.g. "Bearer ". Default: nothing. */
  prefix?: pulumi.Input<string> | undefined;
}

export interface WebhookSignature {
  /** Name of the secret in Vault. */
  secret: pulumi.Input<string>;
  /** Whom the token is for, as its receiver checks it. Default: the webhook's name. */
  audience?: pulumi.Input<string> | undefined;
}

export interface DatabaseWebhookArgs {
  /** Schema of the table. A change replaces the resource. */
  schema: pulumi.Input<string>;
  /** Table whose rows are told of. A change replaces the resource. */
  table: pulumi.Input<string>;
  /** Name of the webhook, which is its trigger's. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** Name of the trigger's function, in the table's schema. Default: "<table>_<name>". */
  function?: pulumi.Input<string> | undefined;
  /** What happens to a row. */
  events: pulumi.Input<pulumi.Input<"INSERT" | "UPDATE" | "DELETE">[]>;
  /** Only for rows for which this SQL condition on `new` and `old` is true. Default: every row. */
  when?: pulumi.Input<string> | undefined;
  /** Where the request goes. */
  url: pulumi.Input<string>;
  /** "POST" carries the row as {type, table, schema, record, old_record}, "GET" carries nothing. Default: "POST". */
  method?: pulumi.Input<"POST" | "GET"> | undefined;
  /** Headers that everybody may see: they stand in the trigger. Default: none. */
  headers?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Headers whose values are read from Vault for each request. Until the request is sent, every role can read them in
   * pg_net's queue, as with Supabase's own webhooks; `sign` sends nothing worth reading. Default: none.
   */
  secretHeaders?: pulumi.Input<Record<string, pulumi.Input<WebhookSecretHeader>>> | undefined;
  /** Sends, as Authorization, a token that is signed with a secret and good for a minute. Needs the queue core. Default: none. */
  sign?: pulumi.Input<WebhookSignature> | undefined;
  /** Time limit of the request in milliseconds. Default: 5000. */
  timeoutMs?: pulumi.Input<number> | undefined;
  /** False keeps the webhook and sends nothing. Default: true. */
  enabled?: pulumi.Input<boolean> | undefined;
  /** Take over a trigger of this name, or a function of its name, that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** An HTTP request for each row that is inserted, updated or deleted. Import id: "schema.table.name". */
export class DatabaseWebhook extends pulumi.CustomResource {
  declare readonly schema: pulumi.Output<string>;
  declare readonly table: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly function: pulumi.Output<string>;

  constructor(name: string, args: DatabaseWebhookArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "jobstack:index:DatabaseWebhook",
      name,
      { function: undefined, ...args, observed: undefined },
      deleteFirst(opts),
    );
  }
}
