import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface EdgeFunctionArgs {
  /** Name of the function in its address, `/functions/v1/<slug>`. A change replaces the resource. */
  slug: pulumi.Input<string>;
  /** Folder of the project; all paths below are relative to it. Where it lies is not part of the function. */
  root: pulumi.Input<string>;
  /** The file that serves, e.g. "supabase/functions/hello/index.ts". Every file it imports is deployed with it. */
  entrypoint: pulumi.Input<string>;
  /** Import map or deno.json. Default: the deno.json or deno.jsonc beside the entrypoint, else import_map.json in the folder above. */
  importMap?: pulumi.Input<string> | undefined;
  /** Whether the gateway refuses requests without a valid JWT. */
  verifyJwt: pulumi.Input<boolean>;
  /**
   * Files to deploy that no import names, as paths or patterns: `*` and `?` within a name, `[ab]`, and `**` for one or more folders,
   * e.g. "supabase/functions/hello/data/*.txt".
   */
  staticFiles?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Take over a function of this slug that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** An Edge Function with all the files it imports. Import id: the slug. */
export class EdgeFunction extends pulumi.CustomResource {
  declare readonly slug: pulumi.Output<string>;
  /** SHA-256 of every deployed file by its path in the project. */
  declare readonly sources: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: EdgeFunctionArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "jobstack:index:EdgeFunction",
      name,
      { ...args, sources: undefined, observed: undefined },
      deleteFirst(opts),
    );
  }
}
