import { describe, expect, it } from "vitest";
import { acceptedSecrets, secretPair } from "./accepted-secrets.ts";

const now = Date.parse("2026-01-31T12:00:00Z");

describe("acceptedSecrets", () => {
  it("is the secret alone while nothing changes", () => {
    expect(acceptedSecrets({ current: "new" }, now)).toEqual(["new"]);
    expect(acceptedSecrets({ current: "new", previous: "" }, now)).toEqual(["new"]);
  });

  it("has the predecessor without an end until the change is done", () => {
    expect(acceptedSecrets({ current: "new", previous: "old" }, now)).toEqual(["new", "old"]);
  });

  it("has the predecessor until its moment, and not at it", () => {
    const previous = "2026-01-31T12:00:00.000Z old and\nodd";
    expect(acceptedSecrets({ current: "new", previous }, now - 1)).toEqual(["new", "old and\nodd"]);
    expect(acceptedSecrets({ current: "new", previous }, now)).toEqual(["new"]);
  });

  it("lets nobody pass with the moment that stands before the predecessor, or with nothing", () => {
    expect(acceptedSecrets({ current: "new", previous: "2026-01-31T12:00:00.001Z " }, now)).toEqual(["new"]);
    expect(acceptedSecrets({ current: "new", previous: "2026-99-99T99:99:99Z old" }, now)).toEqual(["new"]);
  });

  it("is nothing while the function has no secret", () => {
    expect(acceptedSecrets({ current: undefined }, now)).toEqual([]);
  });
});

describe("secretPair", () => {
  it("finds both in the environment", () => {
    const env = new Map([
      ["TOKEN", "new"],
      ["TOKEN_PREVIOUS", "old"],
    ]);
    expect(secretPair(env, "TOKEN")).toEqual({ current: "new", previous: "old" });
  });
});
