import { z } from "zod";
import type { Resource } from "../kernel/resource.ts";
import { adopt, sha256 } from "./names.ts";

const LONGEST_NAME = 256;
/** Of the value, in characters. */
export const LONGEST_VALUE = 24_576;

/** Name of an environment variable that a project may set for its functions. */
export const environmentName = z
  .string()
  .max(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be letters, digits and underscores, and begin with no digit")
  .refine(
    (name) => !name.startsWith("SUPABASE_"),
    'begins with "SUPABASE_", which Supabase keeps for itself; write another name',
  );

const inputs = z.strictObject({
  name: environmentName.describe("name of the environment variable"),
  value: z
    .string()
    .max(LONGEST_VALUE, `must have at most ${LONGEST_VALUE} characters`)
    .describe("the secret"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
type Facts = { digest: string };

/** An environment variable of the Edge Functions; the API tells only its SHA-256, which is enough to see a change. */
export const functionSecret: Resource<Inputs, Facts> = {
  kind: "FunctionSecret",
  noun: "function secret",
  schema: inputs,
  defaults: {},
  identity: ["name"],
  secretInputs: ["value"],
  shownAs: {},
  atomic: false,

  id: ({ name }) => name,

  async read({ api }, id, known) {
    const secret = (await api.listSecrets()).find(({ name }) => name === id);
    if (secret === undefined) return undefined;
    const value = known.inputs?.value;
    return {
      inputs: { name: id, ...(value !== undefined && { value }) } as Inputs,
      facts: { digest: secret.digest },
    };
  },

  /** After an import the value is not known, only the digest of what is there. */
  async sameMeaning(_context, before, after, { digest }) {
    if (before.value !== undefined || after.value === undefined) return [];
    return sha256(after.value) === digest ? ["value"] : [];
  },

  async apply({ api }, { name, value }) {
    await api.setSecrets([{ name, value }]);
  },

  async remove({ api }, id) {
    await api.deleteSecrets([id]);
  },
};
