import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { describeContract } from "../contract.ts";
import { useManagementApi } from "../testing/use-management-api.ts";
import { useProvider } from "../testing/use-provider.ts";

const CANARY = "canary-function-secret-7d90";

const project = useManagementApi();
const set = async (name: string, value: string) =>
  void (await project().api("/secrets", { method: "POST", body: [{ name, value }] }));

describeContract({
  kind: "FunctionSecret",
  config: () => project().config,
  inputs: (name) => ({ name, value: CANARY }),
  id: (name) => name,
  changed: (name) => ({ name, value: `${CANARY}-rotated` }),
  identity: "name",
  plainNames: true,
  remote: true,
  secretPaths: [["value"]],
  outsideChanges: [
    { title: "its value was changed", make: (name) => set(name, "something else"), facts: ["digest"] },
  ],
  remove: async (name) => void (await project().api("/secrets", { method: "DELETE", body: [name] })),
  makeForeign: (name) => set(name, "unknown"),
  notImported: ["value"],
});

describe("FunctionSecret", () => {
  const provider = useProvider("FunctionSecret", () => project().config);

  it("refuses names that the API would refuse, in the preview", async () => {
    expect(await provider.failures({ name: "SUPABASE_KEY", value: "x".repeat(24_577) })).toEqual({
      name: 'begins with "SUPABASE_", which Supabase keeps for itself; write another name',
      value: "must have at most 24576 characters",
    });
    expect(await provider.failures({ name: "1-2", value: "" })).toEqual({
      name: "must be letters, digits and underscores, and begin with no digit",
    });
  });

  it.each([
    ["nothing", ""],
    ["lines, quotes and signs of other scripts", "a\nb\r\n\"'\\ $1 ключ 鍵 🔑"],
    ["as many signs as the API takes", "x".repeat(24_576)],
  ])("keeps a value of %s exactly", async (_case, value) => {
    const state = await provider.create({ name: "EXACT", value, adopt: true });
    const digest = createHash("sha256").update(value).digest("hex");
    expect(state.outputs.values.observed).toEqual({ digest });
  });

  it("makes many at once", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `MANY_${index}`);
    const states = await Promise.all(
      names.map((name) => provider.create({ name, value: `${CANARY}-${name}` })),
    );
    expect(states.map(({ id }) => id)).toEqual(names);
  });
});
