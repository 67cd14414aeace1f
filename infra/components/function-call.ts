import type * as pulumi from "@pulumi/pulumi";
import type { EdgeFunction } from "../provider/sdk.ts";

interface CallSettings {
  /** JSON body of the POST. Default: {}. */
  body?: pulumi.Input<Record<string, unknown>>;
  /** Headers beside Content-Type and Authorization. No secret belongs here: they stand in the cron job's command. */
  headers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Time limit of the request in milliseconds. Default: 5000. */
  timeoutMs?: pulumi.Input<number>;
}

/** Presents a token that is good for a minute and signed with a secret: what `_shared/auth.ts` checks. */
export interface SignedCall extends CallSettings {
  auth?: "signed";
  /** Name of the Vault secret. */
  secret: pulumi.Input<string>;
  /** Whom the token is for, as the function checks it. Default: the function's slug. */
  audience?: pulumi.Input<string>;
}

/**
 * Presents a secret itself, for a function that compares it, or a key that the gateway accepts. Every role of the database
 * can read it in pg_net's queue until the request is sent.
 */
export interface BearerCall extends CallSettings {
  auth: "bearer";
  /** Name of the Vault secret. */
  secret: pulumi.Input<string>;
  audience?: never;
}

/** Presents nothing. */
export interface OpenCall extends CallSettings {
  auth: "none";
  secret?: never;
  audience?: never;
}

/** How a function is called. The gateway takes a signed token for a JWT of its own and refuses it unless told not to look. */
export type CallOptions<Settings> =
  | BearerCall
  | OpenCall
  | (Settings extends { verifyJwt: false } ? SignedCall : never);

/** A declared function and how to call it. Only `EdgeFunctions.call()` makes one, so it cannot name another. */
export class FunctionCall {
  readonly target: EdgeFunction;
  readonly url: pulumi.Output<string>;
  readonly options: SignedCall | BearerCall | OpenCall;
  /** Makes the type nominal: an object that looks like a call is none. */
  declare protected readonly made: true;

  constructor(target: EdgeFunction, url: pulumi.Output<string>, options: SignedCall | BearerCall | OpenCall) {
    this.target = target;
    this.url = url;
    this.options = options;
  }
}
