import { afterAll, beforeAll } from "vitest";
import type { DecodedProperties } from "../kernel/properties.ts";
import { type PlainInputs, ProviderClient, type ResourceState } from "./provider-client.ts";

/** A provider process for the tests of one kind of resource in one file. */
export interface TestProvider {
  readonly client: ProviderClient;
  /** Check and create, as the engine does. */
  create(inputs: PlainInputs): Promise<ResourceState>;
  /** Check and update. */
  update(state: ResourceState, inputs: PlainInputs): Promise<ResourceState>;
  /** What check says is wrong, by path. */
  failures(inputs: PlainInputs, state?: ResourceState): Promise<Record<string, string>>;
}

export function useProvider(kind: string, config: () => PlainInputs): TestProvider {
  let client: ProviderClient;
  beforeAll(async () => {
    client = await ProviderClient.start(config());
  });
  afterAll(async () => {
    await client.stop();
  });
  const checked = async (inputs: PlainInputs, olds?: DecodedProperties) => {
    const result = await client.check(kind, inputs, [], olds);
    if (Object.keys(result.failures).length > 0) throw new Error(JSON.stringify(result.failures));
    return result.inputs;
  };
  return {
    get client() {
      return client;
    },
    create: async (inputs) => await client.create(kind, await checked(inputs)),
    update: async (state, inputs) => await client.update(kind, state, await checked(inputs, state.inputs)),
    failures: async (inputs, state) => (await client.check(kind, inputs, [], state?.inputs)).failures,
  };
}
