import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Context, KnownState, LiveState, Resource } from "../kernel/resource.ts";
import {
  deleteVaultSecret,
  findVaultSecret,
  hasVault,
  missingVault,
  newSalt,
  vaultValue,
  writeVaultSecret,
} from "../postgres/vault.ts";
import { environmentName, LONGEST_VALUE } from "./function-secret.ts";
import { adopt, sha256 } from "./names.ts";

const PREVIOUS = "_PREVIOUS";
const LONGEST_OLD_VALUE = LONGEST_VALUE - datedSecret(new Date(0), "").length;
/** How long the old value is accepted once every caller has the new one: more than any call made with it is under way. */
const ACCEPT_OLD_FOR_MS = 10 * 60_000;

const LONGEST_SETTLE_SECONDS = 900;

const inputs = z.strictObject({
  name: environmentName
    .refine(
      (name) => !name.endsWith(PREVIOUS),
      `ends with "${PREVIOUS}", where the old value stands during a change; write another name`,
    )
    .describe("name in Vault and of the functions' environment variable"),
  value: z
    .string()
    .min(1, "must not be empty")
    .max(LONGEST_OLD_VALUE, `must have at most ${LONGEST_OLD_VALUE} characters`)
    .describe("the secret"),
  description: z.string().optional().describe("what the secret is for; stands in Vault"),
  settleSeconds: z
    .int("must be a whole number of seconds")
    .min(0, "must not be negative")
    .max(LONGEST_SETTLE_SECONDS, `must be at most ${LONGEST_SETTLE_SECONDS}`)
    .optional()
    .describe("how long a change waits for running functions to end before callers get the new value"),
  adopt,
});

type Inputs = z.infer<typeof inputs>;
/** Digests are empty where there is nothing. Vault's is salted, and that of the API is not; all are secret in state. */
type Facts = {
  description: string;
  salt: string;
  vaultDigest: string;
  functionDigest: string;
  previousDigest: string;
};

/** One secret, the same in Vault, where callers in the database find it, and in the environment of the functions. */
export const secret: Resource<Inputs, Facts> = {
  kind: "Secret",
  noun: "secret",
  schema: inputs,
  defaults: { description: "", settleSeconds: 0 },
  identity: ["name"],
  workingInputs: ["settleSeconds"],
  secretInputs: ["value"],
  shownAs: { description: ["description"] },
  atomic: false,

  id: ({ name }) => name,

  async read({ sql, api }, id, known) {
    const salt = known.observed?.salt ?? newSalt();
    const stored = (await hasVault(sql)) ? await findVaultSecret(sql, id, salt) : undefined;
    const listed = await api.listSecrets();
    const digestOf = (name: string) => listed.find((each) => each.name === name)?.digest ?? "";
    const functionDigest = digestOf(id);
    if (stored === undefined && functionDigest === "") return undefined;
    const description = stored?.description ?? "";
    // A value that was never known stays unknown: the program's value is compared by what was applied.
    const value = known.inputs?.value;
    return {
      inputs: { name: id, ...(value !== undefined && { value }), description } as Inputs,
      facts: {
        description,
        salt,
        vaultDigest: stored?.digest ?? "",
        functionDigest,
        previousDigest: digestOf(id + PREVIOUS),
      },
    };
  },

  /** After an import the value is not known, only the digests of what is there; it must be the same in both places. */
  async sameMeaning(_context, before, after, { salt, vaultDigest, functionDigest }) {
    const { value } = after;
    if (before.value !== undefined || value === undefined) return [];
    return sha256(`${salt}${value}`) === vaultDigest && sha256(value) === functionDigest ? ["value"] : [];
  },

  async apply(context, wanted, live, known) {
    const { api, database, sql } = context;
    const { name, value, description = "", settleSeconds = 0 } = wanted;
    if (!(await hasVault(sql))) throw missingVault("secret", name);
    const writeVault = () =>
      database.change((change) => writeVaultSecret(change, { name, value, description }));
    const old = await oldValue(context, wanted, live, known);
    if (old === undefined) {
      if (live?.facts.functionDigest !== sha256(value)) await api.setSecrets([{ name, value }]);
      await writeVault();
      await removeForeignPrevious(context, name, live, known);
      return;
    }
    // Whatever step is the last before an interruption, the functions accept what callers find in Vault.
    await api.setSecrets([
      { name, value },
      { name: name + PREVIOUS, value: old },
    ]);
    // A process keeps the environment that it began with.
    await pause(settleSeconds * 1_000);
    await writeVault();
    const end = new Date(Date.now() + ACCEPT_OLD_FOR_MS);
    await api.setSecrets([{ name: name + PREVIOUS, value: datedSecret(end, old) }]);
  },

  async remove({ api, database, sql }, id) {
    await api.deleteSecrets([id, id + PREVIOUS]);
    if (await hasVault(sql)) await database.change((change) => deleteVaultSecret(change, id));
  },
};

/**
 * What the functions must go on accepting: the value that callers have from Vault, as far as the functions accept that
 * now, or else the one that we set last. Undefined if nothing changes.
 */
async function oldValue(
  { sql }: Context,
  { name, value }: Inputs,
  live: LiveState<Inputs, Facts> | undefined,
  known: KnownState<Inputs, Facts> | undefined,
): Promise<string | undefined> {
  if (live === undefined) return undefined;
  const stored = await vaultValue(sql, name);
  const inUse = stored !== undefined && sha256(stored) === live.facts.functionDigest ? stored : undefined;
  return [inUse, known?.inputs.value].find((old) => old !== undefined && old !== value);
}

/** Somebody else's "old value" would be a second key. Ours stays until its moment, which it carries itself. */
async function removeForeignPrevious(
  { api }: Context,
  name: string,
  live: LiveState<Inputs, Facts> | undefined,
  known: KnownState<Inputs, Facts> | undefined,
): Promise<void> {
  const found = live?.facts.previousDigest ?? "";
  if (found !== "" && found !== known?.observed.previousDigest) await api.deleteSecrets([name + PREVIOUS]);
}

/** As `acceptedSecrets` of the functions reads it. */
function datedSecret(end: Date, value: string): string {
  return `${end.toISOString()} ${value}`;
}
