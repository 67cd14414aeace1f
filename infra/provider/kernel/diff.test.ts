import { describe, expect, it } from "vitest";
import { describeDrift, diffValues } from "./diff.ts";
import { UNKNOWN } from "./properties.ts";

describe("diffValues", () => {
  it("names the deepest paths that differ", () => {
    const before = { same: 1, list: ["a", "b"], deep: { x: 1, y: 2 }, gone: true };
    const after = { same: 1, list: ["a", "c", "d"], deep: { x: 1, y: 3 }, fresh: "x" };
    expect(diffValues(before, after)).toEqual([
      { path: ["deep", "y"], kind: "update" },
      { path: ["fresh"], kind: "add" },
      { path: ["gone"], kind: "delete" },
      { path: ["list", 1], kind: "update" },
      { path: ["list", 2], kind: "add" },
    ]);
  });

  it("finds nothing between equal values in another order of keys", () => {
    expect(diffValues({ a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 })).toEqual([]);
  });

  it("takes what is not known yet for changed", () => {
    expect(diffValues({ a: { b: 1 } }, { a: UNKNOWN })).toEqual([{ path: ["a"], kind: "update" }]);
  });

  it("does not look into a value that changed its kind", () => {
    expect(diffValues({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: ["a"], kind: "update" }]);
    expect(diffValues({ a: null }, { a: {} })).toEqual([{ path: ["a"], kind: "update" }]);
  });
});

describe("describeDrift", () => {
  it("says from what to what", () => {
    expect(
      describeDrift({ schedule: "@daily", active: true }, { schedule: "@hourly", active: true }, false),
    ).toEqual({
      schedule: 'changed outside of Pulumi from "@daily" to "@hourly"',
    });
  });

  it("says no values where they may be secret", () => {
    expect(describeDrift({ digest: "a" }, { digest: "b" }, true)).toEqual({
      digest: "changed outside of Pulumi",
    });
  });

  it("tells each entry of a record by itself, also one that came or went", () => {
    expect(
      describeDrift(
        { grants: { jobs: ["select"], keys: [], logs: ["select"] } },
        { grants: { jobs: ["select"], logs: [], users: ["select"] } },
        false,
      ),
    ).toEqual({
      grants: {
        keys: "removed outside of Pulumi, was []",
        logs: 'changed outside of Pulumi from ["select"] to []',
        users: 'appeared outside of Pulumi: ["select"]',
      },
    });
    expect(describeDrift({ fact: { a: "x", b: "y" } }, { fact: { b: "z", c: "x" } }, true)).toEqual({
      fact: {
        a: "removed outside of Pulumi",
        b: "changed outside of Pulumi",
        c: "appeared outside of Pulumi",
      },
    });
  });

  it("shortens long values", () => {
    const { text } = describeDrift({ text: "" }, { text: "x".repeat(500) }, false);
    expect(text).toBe(`changed outside of Pulumi from "" to "${"x".repeat(119)}...`);
  });

  it("shows where two long values part", () => {
    const same = "x".repeat(500);
    const { text } = describeDrift({ text: `${same} anon` }, { text: `${same} authenticated` }, false);
    const lead = `...${"x".repeat(28)}`;
    expect(text).toBe(`changed outside of Pulumi from ${lead} anon" to ${lead} authenticated"`);
  });

  it("says nothing of facts that were not looked at before", () => {
    expect(describeDrift({}, { owner: "postgres" }, false)).toEqual({});
  });
});
