import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SecretStore, secretDigest } from "./secret-store.ts";

let directory: string;
let store: SecretStore;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "jobstack-secrets-"));
  store = new SecretStore(directory);
});

afterEach(() => rmSync(directory, { recursive: true }));

const values = (secrets: SecretStore) =>
  Object.fromEntries(Object.entries(secrets.list()).map(([name, { value }]) => [name, value]));

describe("SecretStore", () => {
  it("keeps secrets over a restart, in a file that only its owner can read", () => {
    store.set([{ name: "A", value: "1" }]);
    expect(values(new SecretStore(directory))).toEqual({ A: "1" });
    expect(statSync(path.join(directory, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  it("replaces what is given, keeps the rest, and says whether anything changed", () => {
    const both = [
      { name: "A", value: "1" },
      { name: "B", value: "1" },
    ];
    expect(store.set(both)).toBe(true);
    expect(store.set([{ name: "A", value: "2" }])).toBe(true);
    expect(store.set([{ name: "A", value: "2" }])).toBe(false);
    expect(values(store)).toEqual({ A: "2", B: "1" });
  });

  it("removes what is named and passes over what is not set", () => {
    store.set([{ name: "A", value: "1" }]);
    expect(store.remove(["B"])).toBe(false);
    expect(store.remove(["A", "B"])).toBe(true);
    expect(values(store)).toEqual({});
  });
});

describe("secretDigest", () => {
  it("is the SHA-256 in lower-case hex", () => {
    expect(secretDigest("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
