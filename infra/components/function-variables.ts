import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { EnvironmentNames } from "../../supabase/functions/_shared/environment-names.ts";
import { FunctionSecret } from "../provider/sdk.ts";

/** What a system's functions are told by variables, each under the environment's own name. */
export function declareFunctionVariables(
  values: Readonly<Record<string, Input<string>>>,
  names: EnvironmentNames,
  opts: CustomResourceOptions,
): FunctionSecret[] {
  return Object.entries(values).map(
    ([name, value]) => new FunctionSecret(name, { name: names.secret(name), value }, opts),
  );
}
