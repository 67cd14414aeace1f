import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface ExtensionArgs {
  /** Name as in `pg_available_extensions`, e.g. "pg_cron". A change replaces the resource. */
  name: pulumi.Input<string>;
  /** Schema of the extension; one that is there already is moved, if it can be. Default: the extension's own choice. */
  schema?: pulumi.Input<string> | undefined;
  /** Exact version to hold the extension at. Default: whatever version is installed is fine. */
  version?: pulumi.Input<string> | undefined;
}

/** An extension that must be present. One that is there already is used as it is; none is ever dropped. Import id: the name. */
export class Extension extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: ExtensionArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:Extension", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
