import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Drift } from "./diff.ts";
import type { Outcome } from "./outcome.ts";
import type { Path } from "./path.ts";
import { type DecodedProperties, decodeProperties, encodeProperties, UNKNOWN } from "./properties.ts";
import type { Facts, Inputs, KnownState, Resource } from "./resource.ts";

// Outputs that are not inputs. The rest of a resource's outputs echoes its inputs.
const OBSERVED = "observed";
const DRIFT = "drift";

/** What Pulumi's state says of a resource. Empty while importing. */
export function decodeState(
  outputs: Struct | undefined,
  inputs: DecodedProperties,
): { known: Partial<KnownState<Inputs, Facts>>; drift: Drift } {
  const { values } = decodeProperties(outputs);
  const known: Partial<KnownState<Inputs, Facts>> = {};
  if (Object.keys(inputs.values).length > 0) known.inputs = inputs.values;
  if (values[OBSERVED] !== undefined) known.observed = values[OBSERVED] as Facts;
  return { known, drift: (values[DRIFT] ?? {}) as Drift };
}

/** The inputs that are secret: what the program said, and what the resource says always is. */
export function secretInputPaths(resource: Resource, inputs: DecodedProperties): Path[] {
  const declared = (resource.secretInputs ?? []).filter((key) => inputs.values[key] !== undefined);
  return [...inputs.secretPaths, ...declared.map((key) => [key])];
}

/**
 * Facts may repeat or digest a secret input, so with any secret input they are secret as a whole. The inputs that are
 * always secret are left out: nobody needs them back, and Pulumi's SDK writes outputs into its debug log.
 */
export function encodeOutcome(resource: Resource, outcome: Outcome, secretInputs: readonly Path[]): Struct {
  const secretPaths = secretInputs.length > 0 ? [...secretInputs, [OBSERVED]] : secretInputs;
  const { inputs, observed, drift } = outcome;
  const shown = withoutSecretInputs(resource, inputs);
  return encodeProperties({ ...shown, [OBSERVED]: observed, [DRIFT]: drift }, secretPaths);
}

/** Outputs in a preview: what will be observed is the only thing unknown. */
export function encodeForecast(resource: Resource, inputs: Inputs, secretInputs: readonly Path[]): Struct {
  const shown = withoutSecretInputs(resource, inputs);
  return encodeProperties({ ...shown, [OBSERVED]: UNKNOWN }, secretInputs);
}

function withoutSecretInputs(resource: Resource, inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !resource.secretInputs?.includes(key)));
}
