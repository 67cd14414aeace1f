import { describe, expect, it } from "vitest";
import { describeContract } from "../contract.ts";
import { useProvider } from "../testing/use-provider.ts";
import { useTestDatabase } from "../testing/use-test-database.ts";

const database = useTestDatabase(
  async ({ pool }) =>
    void (await pool.query(`
      create schema work;
      create table work.job (id int);
      create function work.noop() returns trigger language plpgsql as $$ begin return null; end $$;
    `)),
);
const run = async (sql: string) => void (await database().pool.query(sql));

const definition = (name: string, events = "insert") =>
  `create or replace trigger ${name} after ${events} on work.job for each row execute function work.noop()`;

describeContract({
  kind: "Trigger",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ schema: "work", table: "job", name, definition: definition(name) }),
  id: (name) => `work.job.${name}`,
  changed: (name) => ({
    schema: "work",
    table: "job",
    name,
    definition: definition(name, "insert or update"),
    enabled: false,
  }),
  identity: "name",
  outsideChanges: [
    {
      title: "it was disabled",
      make: (name) => run(`alter table work.job disable trigger ${name}`),
      facts: ["firing"],
      inputs: ["enabled"],
    },
    {
      title: "it was limited to replicas",
      make: async (name) =>
        void (await database().admin.query(`alter table work.job enable replica trigger ${name}`)),
      facts: ["firing"],
    },
    {
      title: "its events were changed",
      make: (name) => run(definition(name, "delete")),
      facts: ["definition"],
      inputs: ["definition"],
    },
  ],
  remove: (name) => run(`drop trigger ${name} on work.job`),
  makeForeign: (name) => run(definition(name)),
  notImported: ["definition"],
});

describe("Trigger", () => {
  const provider = useProvider("Trigger", () => ({ databaseUrl: database().url }));
  const inputs = (name: string, text: string, more = {}) => ({
    schema: "work",
    table: "job",
    name,
    definition: text,
    ...more,
  });
  const plain = (name: string, timing = "after insert") =>
    `create trigger ${name} ${timing} on work.job for each row execute function work.noop()`;

  it("replaces a trigger whose definition does not say so", async () => {
    const state = await provider.create(inputs("plain", plain("plain")));
    const updated = await provider.update(state, inputs("plain", plain("plain", "after update")));
    expect(updated.outputs.values.observed).toMatchObject({
      definition: expect.stringContaining("AFTER UPDATE"),
    });
  });

  it("replaces a constraint trigger, which Postgres cannot", async () => {
    const text = (when: string) =>
      `create constraint trigger strict after insert on work.job ${when} for each row execute function work.noop()`;
    const state = await provider.create(inputs("strict", text("")));
    const updated = await provider.update(state, inputs("strict", text("deferrable initially deferred")));
    expect(updated.outputs.values.observed).toMatchObject({
      definition: expect.stringContaining("INITIALLY DEFERRED"),
    });
  });

  it("stays disabled when its definition changes", async () => {
    const state = await provider.create(inputs("off", definition("off"), { enabled: false }));
    const updated = await provider.update(
      state,
      inputs("off", definition("off", "update"), { enabled: false }),
    );
    expect(updated.outputs.values.observed).toMatchObject({ firing: "disabled" });
  });

  it("refuses a definition that makes another trigger, and makes nothing", async () => {
    await expect(provider.create(inputs("mine", definition("theirs")))).rejects.toThrow(
      'trigger "work.job.mine": its definition makes "work.job.theirs"; write one "create or replace trigger mine ... on work.job" statement',
    );
    const { rows } = await database().pool.query("select from pg_trigger where tgname in ('mine', 'theirs')");
    expect(rows).toEqual([]);
  });

  it("is gone with its table, which is no error when it is deleted", async () => {
    await run("create table work.short (id int)");
    const text = "create trigger t after insert on work.short execute function work.noop()";
    const state = await provider.create({ schema: "work", table: "short", name: "t", definition: text });
    await run("drop table work.short");
    expect(await provider.client.read("Trigger", state.id, state)).toBeUndefined();
    await provider.client.delete("Trigger", state);
  });

  it("says what it lacks when the table is missing", async () => {
    await expect(provider.create(inputs("lost", plain("lost").replace("job", "nowhere")))).rejects.toThrow(
      'trigger "work.job.lost": relation "work.nowhere" does not exist [SQLSTATE 42P01]; correct the name, or let this resource depend on the one that makes it',
    );
  });
});
