import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { Database } from "./database.ts";
import { type Claim, claimObject, ownsObject, releaseObject } from "./ownership.ts";

const testDatabase = useTestDatabase();
let database: Database;
beforeEach(async () => {
  await testDatabase().pool.query("drop schema if exists jobstack_provider cascade");
  database = new Database({ databaseUrl: testDatabase().url, lockTimeout: "3s", statementTimeout: "5s" });
});
afterEach(() => database.close());

const claim = (more: Partial<Claim> = {}): Claim => ({
  kind: "CronJob",
  noun: "cron job",
  id: "tick",
  urn: "urn:mine",
  exists: false,
  adopt: false,
  shared: false,
  ...more,
});
const make = (more?: Partial<Claim>) => database.change((sql) => claimObject(sql, claim(more)));
const owns = (urn = "urn:mine") => database.read((sql) => ownsObject(sql, "CronJob", "tick", urn));

describe("the ledger of ownership", () => {
  it("belongs to nobody before anything is made", async () => {
    expect(await owns()).toBe(false);
    await database.change((sql) => releaseObject(sql, "CronJob", "tick", "urn:mine"));
  });

  it("remembers who made an object", async () => {
    await make();
    expect(await owns()).toBe(true);
    expect(await owns("urn:other")).toBe(false);
  });

  it("lets the maker of an object go on with it", async () => {
    await make();
    await make({ exists: true });
    expect(await owns()).toBe(true);
  });

  it("refuses what nobody claimed", async () => {
    await expect(make({ exists: true })).rejects.toThrow(
      'cron job "tick": exists already and this stack did not make it; import it with the id "tick", or set adopt: true to take it over, or use another name',
    );
  });

  it("refuses what another resource made", async () => {
    await make({ urn: "urn:other" });
    await expect(make({ exists: true })).rejects.toThrow("exists already and it belongs to urn:other;");
  });

  it("remembers for ever that an object was adopted and not made", async () => {
    await make({ exists: true, adopt: true });
    expect(await owns()).toBe(false);
    await make({ exists: true });
    expect(await owns()).toBe(false);
  });

  it("leaves a shared object with whoever claimed it first", async () => {
    await make({ shared: true });
    await make({ shared: true, exists: true, urn: "urn:other" });
    expect(await owns()).toBe(true);
    expect(await owns("urn:other")).toBe(false);
  });

  it("forgets a claim, but only one's own", async () => {
    await make();
    await database.change((sql) => releaseObject(sql, "CronJob", "tick", "urn:other"));
    expect(await owns()).toBe(true);
    await database.change((sql) => releaseObject(sql, "CronJob", "tick", "urn:mine"));
    expect(await owns()).toBe(false);
  });
});
