import { describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";
import { quoteIdentifier as quoted } from "../postgres/identifier.ts";
import { joinNames } from "../postgres/qualified-name.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase(
  async ({ pool }) =>
    void (await pool.query(`
      create schema work;
      create table work.job (id int);
      create function work.other() returns trigger language plpgsql as $$ begin return null; end $$;
      create function work.noop() returns trigger language plpgsql as $$ begin return null; end $$;
    `)),
);
const run = async (sql: string) => void (await database().pool.query(sql));

const definition = (name: string, events = "insert") =>
  `create or replace trigger ${quoted(name)} after ${events} on work.job for each row execute function work.noop()`;

describeContract({
  kind: "Trigger",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ schema: "work", table: "job", name, definition: definition(name), comment: "wakes" }),
  id: (name) => joinNames(["work", "job", name]),
  changed: (name) => ({
    schema: "work",
    table: "job",
    name,
    definition: definition(name, "insert or update"),
    enabled: false,
    comment: "sleeps",
  }),
  identity: "name",
  outsideChanges: [
    {
      title: "it was disabled",
      make: (name) => run(`alter table work.job disable trigger ${quoted(name)}`),
      facts: ["firing"],
      inputs: ["enabled"],
    },
    {
      title: "it was limited to replicas",
      make: async (name) =>
        void (await database().admin.query(`alter table work.job enable replica trigger ${quoted(name)}`)),
      facts: ["firing"],
      inputs: ["firesIn"],
    },
    {
      title: "it was made to fire always",
      make: (name) => run(`alter table work.job enable always trigger ${quoted(name)}`),
      facts: ["firing"],
      inputs: ["firesIn"],
    },
    {
      title: "its comment was changed",
      make: (name) => run(`comment on trigger ${quoted(name)} on work.job is 'mine'`),
      facts: ["comment"],
      inputs: ["comment"],
    },
    {
      title: "it calls another function, under a condition",
      make: (name) =>
        run(`create or replace trigger ${quoted(name)} after insert on work.job for each row when (new.id > 1)
             execute function work.other()`),
      facts: ["definition"],
      inputs: ["definition"],
    },
    {
      title: "its events were changed",
      make: (name) => run(definition(name, "delete")),
      facts: ["definition"],
      inputs: ["definition"],
    },
  ],
  remove: (name) => run(`drop trigger ${quoted(name)} on work.job`),
  makeForeign: (name) => run(definition(name)),
  notImported: ["definition"],
  halfway: (name) => ({
    inputs: { schema: "work", table: "job", name, definition: definition(`${name}_other`), comment: "new" },
    says: `trigger "work.job.${name}": its definition makes "work.job.${name}_other"`,
  }),
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

  it("is found on a table whose name needs quotes, by an id in either form", async () => {
    await run('create schema "my.schema"; create table "my.schema"."The Table" (id int)');
    const state = await provider.create({
      schema: "my.schema",
      table: "The Table",
      name: 'the "trigger"',
      definition:
        'create trigger "the ""trigger""" after insert on "my.schema"."The Table" execute function work.noop()',
    });
    expect(state.id).toBe('"my.schema".The Table."the ""trigger"""');
    const imported = await provider.client.read("Trigger", '"my.schema"."The Table"."the ""trigger"""');
    expect(imported).toMatchObject({ id: state.id, inputs: { values: { table: "The Table" } } });
    await provider.client.delete("Trigger", state);
  });

  const shapes = {
    "for each statement with a transition table":
      "after insert on work.job referencing new table as new_jobs for each statement execute function work.noop()",
    "before an update of one column, under a condition":
      "before update of id on work.job for each row when (old.id is distinct from new.id) execute function work.noop()",
    "on truncate": "before truncate on work.job execute function work.noop()",
  };
  for (const [title, text] of Object.entries(shapes)) {
    it(`takes one ${title}, and finds no difference`, async () => {
      const state = await provider.create(inputs("shape", `create trigger shape ${text}`));
      const found = await provider.client.read("Trigger", state.id, state);
      expect(found?.outputs).toEqual(state.outputs);
      await provider.client.delete("Trigger", state);
    });
  }

  it("goes from every state to every other", async () => {
    const states = [
      { firesIn: "replica" },
      { firesIn: "always" },
      { enabled: false, firesIn: "always" },
      {},
      { enabled: false },
    ];
    let state = await provider.create(inputs("states", definition("states")));
    for (const from of states) {
      for (const to of states) {
        for (const next of [from, to])
          state = await provider.update(state, inputs("states", definition("states"), next));
        const found = await provider.client.read("Trigger", state.id, state);
        expect(found?.outputs.values).toMatchObject(to);
        expect(found?.outputs.values.drift).toBeUndefined();
      }
    }
    expect(state.outputs.values.observed).toMatchObject({ firing: "disabled" });
  });

  it("keeps its comment when it must be made anew", async () => {
    const state = await provider.create(inputs("noted", plain("noted"), { comment: "note" }));
    const updated = await provider.update(state, inputs("noted", plain("noted", "after update")));
    expect(updated.outputs.values.observed).toMatchObject({ comment: "note" });
  });

  it("shows and repairs that it was disabled on one partition alone", async () => {
    await run(`create table work.parted (id int) partition by range (id);
               create table work.part partition of work.parted for values from (0) to (9)`);
    const parted = {
      schema: "work",
      table: "parted",
      name: "t",
      definition: "create trigger t after insert on work.parted for each row execute function work.noop()",
    };
    const state = await provider.create(parted);
    await run("alter table work.part disable trigger t");
    const found = await provider.client.read("Trigger", state.id, state);
    expect(found?.outputs.values.drift).toEqual({
      partitionsApart: 'changed outside of Pulumi from [] to ["work.part"]',
    });
    const repaired = await provider.update(found ?? state, parted);
    expect(repaired.outputs.values.observed).toMatchObject({ partitionsApart: [] });
  });

  it("refuses what is no trigger, or makes more beside it", async () => {
    for (const text of [
      "create table work.t ()",
      "create schema s create table t (id int) create trigger t after insert on t execute function work.noop()",
    ]) {
      expect(await provider.failures(inputs("t", text))).toEqual({
        definition:
          'does not begin as it must; write one "create trigger" or "create or replace trigger" statement',
      });
    }
    await expect(provider.create(inputs("t", `${plain("t")}; drop table work.job`))).rejects.toThrow(
      'trigger "work.job.t": cannot insert multiple commands into a prepared statement',
    );
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
