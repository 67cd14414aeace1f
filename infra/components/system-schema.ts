import type * as pulumi from "@pulumi/pulumi";
import { Schema } from "../provider/sdk.ts";

export interface SystemSchemaOptions {
  parent: pulumi.Resource;
  dependsOn: pulumi.Resource[];
}

/**
 * The schema that a system's objects live in; returns what they must wait for. `public` is everybody's and is there in
 * every database: it is neither made nor dropped, and whom it is open to is left alone.
 */
export function declareSystemSchema(
  name: string,
  { parent, dependsOn }: SystemSchemaOptions,
): pulumi.Resource[] {
  if (name === "public") return dependsOn;
  return [new Schema(name, { name, usage: ["authenticated", "service_role"] }, { parent, dependsOn })];
}
