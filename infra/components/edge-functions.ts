import * as pulumi from "@pulumi/pulumi";
import { EdgeFunction } from "../provider/sdk.ts";
import { type CallOptions, FunctionCall } from "./function-call.ts";

export interface EdgeFunctionSettings {
  /** Name in the function's address. Default: its name in the program. A change replaces the function. */
  slug?: string;
  /** The file that serves. Default: "supabase/functions/<name>/index.ts". */
  entrypoint?: string;
  /** Import map or deno.json. Default: the one beside the entrypoint, if there is one. */
  importMap?: string;
  /** Whether the gateway refuses requests without a valid JWT. Default: true. */
  verifyJwt?: boolean;
  /** Files to deploy that no import names, as paths or with "*" in the last part. */
  staticFiles?: readonly string[];
}

export interface EdgeFunctionsArgs<Functions extends Record<string, EdgeFunctionSettings>> {
  /** Folder of the project; the functions' paths are relative to it. */
  root: pulumi.Input<string>;
  /** Base URL of the project's functions, e.g. "https://<project ref>.supabase.co/functions/v1". */
  url: pulumi.Input<string>;
  /** The functions by their names in the program. */
  functions: Functions;
}

/** The Edge Functions of a program. What calls one names it here, and a name that is not declared does not compile. */
export class EdgeFunctions<
  const Functions extends Record<string, EdgeFunctionSettings>,
> extends pulumi.ComponentResource {
  /** The functions' resources, by their names in the program. */
  readonly functions: { readonly [Name in keyof Functions]: EdgeFunction };
  readonly #url: pulumi.Output<string>;

  constructor(name: string, args: EdgeFunctionsArgs<Functions>, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:EdgeFunctions", name, {}, opts);
    this.#url = pulumi.output(args.url);
    const functions = Object.entries<EdgeFunctionSettings>(args.functions).map(([key, settings]) => {
      const slug = settings.slug ?? key;
      const resource = new EdgeFunction(
        slug,
        {
          slug,
          root: args.root,
          entrypoint: settings.entrypoint ?? `supabase/functions/${key}/index.ts`,
          importMap: settings.importMap,
          verifyJwt: settings.verifyJwt ?? true,
          staticFiles: settings.staticFiles === undefined ? undefined : [...settings.staticFiles],
        },
        // A function that the program used to declare on its own stays the same resource.
        { parent: this, aliases: [opts?.parent === undefined ? {} : { parent: opts.parent }] },
      );
      return [key, resource];
    });
    this.functions = Object.fromEntries(functions);
    this.registerOutputs();
  }

  /** A function's address. What uses it waits for the function. */
  url(name: keyof Functions & string): pulumi.Output<string> {
    // The slug is known in a preview as well; the resource is named for the order alone.
    const { slug, urn } = this.functions[name];
    return pulumi.all([this.#url, slug, urn]).apply(([base, path]) => `${base.replace(/\/+$/, "")}/${path}`);
  }

  /** How a schedule calls a function. A signed token (the default) needs one that is declared with `verifyJwt: false`. */
  call<Name extends keyof Functions & string>(
    name: Name,
    options: CallOptions<Functions[Name]>,
  ): FunctionCall {
    return new FunctionCall(this.functions[name], this.url(name), options);
  }
}
