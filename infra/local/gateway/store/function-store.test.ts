import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FunctionDraft } from "./function-record.ts";
import { FunctionStore } from "./function-store.ts";

let directory: string;
let store: FunctionStore;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "jobstack-store-"));
  store = new FunctionStore(directory);
});

afterEach(() => rmSync(directory, { recursive: true }));

async function draft(slug: string, change: Partial<FunctionDraft> = {}): Promise<FunctionDraft> {
  return {
    slug,
    directory: await store.stage(slug),
    name: undefined,
    verifyJwt: undefined,
    entrypointPath: `supabase/functions/${slug}/index.ts`,
    importMapPath: "",
    staticPatterns: [],
    sha256: "00",
    ...change,
  };
}

const codeOf = (slug: string) => readdir(path.join(directory, "functions", slug));

describe("FunctionStore", () => {
  it("knows no functions at first, not even those that every object has", () => {
    expect(store.list()).toEqual([]);
    expect(store.get("constructor")).toBeUndefined();
    expect(store.get("__proto__")).toBeUndefined();
  });

  it("gives a new function its defaults and keeps id, name and check in the next versions", async () => {
    const first = store.publish(await draft("a", { name: "A", verifyJwt: false }));
    expect(first).toMatchObject({ version: 1, name: "A", verify_jwt: false });
    const second = store.publish(await draft("a"));
    expect(second).toMatchObject({ id: first.id, version: 2, name: "A", verify_jwt: false });
    expect(store.publish(await draft("b"))).toMatchObject({ name: "b", verify_jwt: true });
  });

  it("finds everything again after a restart", async () => {
    const record = store.publish(await draft("a"));
    expect(new FunctionStore(directory).list()).toEqual([record]);
  });

  it("shows a bundle only once it is activated, on top of the version that is live then", async () => {
    store.publish(await draft("a"));
    const bundle = store.bundle(await draft("a", { sha256: "11" }));
    expect(bundle.version).toBe(2);
    expect(store.get("a")).toMatchObject({ version: 1, ezbr_sha256: "00" });
    expect(store.candidate("a")).toEqual(bundle);
    const [live] = store.activate([{ slug: "a", change: { verify_jwt: false } }]);
    expect(live).toMatchObject({ version: 2, ezbr_sha256: "11", verify_jwt: false });
    expect(store.get("a")).toEqual(live);
  });

  it("changes nothing when one of several functions cannot be activated", async () => {
    store.bundle(await draft("a"));
    const both = [
      { slug: "a", change: {} },
      { slug: "b", change: {} },
    ];
    expect(() => store.activate(both)).toThrow('function "b": is not deployed; deploy it first');
    expect(store.get("a")).toBeUndefined();
  });

  it("changes a live function without a new version", async () => {
    store.publish(await draft("a"));
    expect(store.activate([{ slug: "a", change: { name: "A" } }])).toMatchObject([{ name: "A", version: 1 }]);
  });

  it("forgets a removed function and its bundle", async () => {
    store.publish(await draft("a"));
    store.bundle(await draft("a"));
    store.remove("a");
    expect([store.get("a"), store.candidate("a")]).toEqual([undefined, undefined]);
  });

  it("sweeps code that nothing refers to, and no other", async () => {
    const old = store.publish(await draft("a"));
    const running = store.publish(await draft("a"));
    const live = store.publish(await draft("a"));
    const bundle = store.bundle(await draft("a"));
    const staged = await store.stage("a");
    await store.sweep(new Set([running.directory]));
    const kept = [running, live, bundle].map((record) => record.directory).concat(staged);
    expect((await codeOf("a")).sort()).toEqual(kept.sort());
    expect(kept).not.toContain(old.directory);
  });

  it("sweeps a deploy that a killed process left unfinished", async () => {
    const live = store.publish(await draft("a"));
    await store.stage("a");
    await new FunctionStore(directory).sweep(new Set());
    expect(await codeOf("a")).toEqual([live.directory]);
  });

  it("says which file is damaged", () => {
    const file = path.join(directory, "functions.json");
    writeFileSync(file, "{");
    expect(() => new FunctionStore(directory)).toThrow(
      `state file "${file}": is not what this version writes; remove it to start afresh`,
    );
  });

  it("keeps its file whole beside a half-written one", async () => {
    const record = store.publish(await draft("a"));
    const file = path.join(directory, "functions.json");
    writeFileSync(`${file}.1.tmp`, readFileSync(file, "utf8").slice(0, 10));
    expect(new FunctionStore(directory).get("a")).toEqual(record);
  });
});
