import { z } from "zod";
import { providerConfigSchema, SECRET_SETTINGS } from "./provider-config.ts";
import type { Resource } from "./resource.ts";

export interface PackageContent {
  name: string;
  version: string;
  resources: readonly Resource[];
}

interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
}

interface Property {
  description?: string;
  secret?: boolean;
  [key: string]: unknown;
}

/** Pulumi's package schema, which `pulumi import` and `pulumi package` read, from the resources' own schemas. */
export function packageSchema({ name, version, resources }: PackageContent): string {
  const types: Record<string, unknown> = {};
  const describe = (kind: string, schema: z.ZodType, secretInputs: readonly string[] = []) => {
    const shape = jsonSchema(schema);
    const inputProperties = Object.fromEntries(
      Object.entries(shape.properties ?? {}).map(([key, property]) => [
        key,
        {
          ...propertyOf(`${name}:index:${kind}${capitalize(key)}`, property, types),
          ...(secretInputs.includes(key) && { secret: true }),
        },
      ]),
    );
    return {
      inputProperties,
      requiredInputs: shape.required ?? [],
      properties: inputProperties,
      required: shape.required ?? [],
    };
  };
  const described = resources.map((resource) => [
    `${name}:index:${resource.kind}`,
    describe(resource.kind, resource.schema, resource.secretInputs),
  ]);
  return JSON.stringify({
    name,
    version,
    provider: describe("Provider", providerConfigSchema, SECRET_SETTINGS),
    resources: Object.fromEntries(described),
    types,
  });
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

/** Objects with fixed keys become named types, as Pulumi's schema wants them. */
function propertyOf(token: string, schema: JsonSchema, types: Record<string, unknown>): Property {
  const description = schema.description === undefined ? {} : { description: schema.description };
  if (schema.type === "array")
    return { ...description, type: "array", items: propertyOf(token, schema.items ?? {}, types) };
  if (schema.type !== "object") return { ...description, type: schema.type ?? "string" };
  if (schema.properties === undefined)
    return { ...description, type: "object", additionalProperties: entryOf(token, schema, types) };
  types[token] = {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => [
        key,
        propertyOf(`${token}${capitalize(key)}`, property, types),
      ]),
    ),
    required: schema.required ?? [],
  };
  return { ...description, $ref: `#/types/${token}` };
}

function entryOf(
  token: string,
  { additionalProperties }: JsonSchema,
  types: Record<string, unknown>,
): Property {
  return typeof additionalProperties === "object"
    ? propertyOf(token, additionalProperties, types)
    : { type: "string" };
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
