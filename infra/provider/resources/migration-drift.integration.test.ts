import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { formatPath } from "../kernel/path.ts";
import { useProvider } from "../testing/use-provider.ts";

const database = useTestDatabase(async ({ pool }) => {
  await pool.query("create role drifter; grant drifter to postgres");
});
const run = async (sql: string) => void (await database().pool.query(sql));

const tables = (schema: string) => `
  create schema ${schema};
  create type ${schema}.mood as enum ('calm', 'busy');
  create domain ${schema}.score as int check (value >= 0);
  create type ${schema}.pair as (a int, b text);
  create table ${schema}.jobs (
    id bigint generated always as identity primary key,
    owner uuid not null,
    status text not null default 'pending' check (status in ('pending', 'done')),
    note text collate "C",
    score ${schema}.score,
    size int generated always as (length(status)) stored
  );
  create index jobs_status on ${schema}.jobs (status) where status = 'pending';
  alter table ${schema}.jobs enable row level security;
  create policy "own jobs" on ${schema}.jobs for select to authenticated using (owner = auth.uid());
  grant select on ${schema}.jobs to authenticated;
  grant insert (owner, status) on ${schema}.jobs to authenticated;
  comment on table ${schema}.jobs is 'what is to be done';
  create table ${schema}.keys (job bigint primary key references ${schema}.jobs (id) on delete cascade);
  create view ${schema}.open with (security_invoker = true) as select id from ${schema}.jobs where status = 'pending';
  create materialized view ${schema}.daily as select status, count(*) from ${schema}.jobs group by 1;
  create table ${schema}.log (at timestamptz not null, line text) partition by range (at);
  create table ${schema}.log_2026 partition of ${schema}.log for values from ('2026-01-01') to ('2027-01-01');
`;

interface Alteration {
  title: string;
  /** S stands for the schema. */
  make: string;
  undo: string;
  /** Keys of the entries that must drift, without the schema: `table jobs column note`. */
  entries: string[];
}

const ALTERATIONS: Alteration[] = [
  {
    title: "a policy was dropped",
    make: 'drop policy "own jobs" on S.jobs',
    undo: 'create policy "own jobs" on S.jobs for select to authenticated using (owner = auth.uid())',
    entries: ['table jobs policy "own jobs"'],
  },
  {
    title: "a policy was opened to everyone",
    make: 'alter policy "own jobs" on S.jobs using (true)',
    undo: 'alter policy "own jobs" on S.jobs using (owner = auth.uid())',
    entries: ['table jobs policy "own jobs"'],
  },
  {
    title: "a policy was given to another role",
    make: 'alter policy "own jobs" on S.jobs to anon',
    undo: 'alter policy "own jobs" on S.jobs to authenticated',
    entries: ['table jobs policy "own jobs"'],
  },
  {
    title: "a policy was added",
    make: "create policy spy on S.jobs as restrictive for update with check (true)",
    undo: "drop policy spy on S.jobs",
    entries: ["table jobs policy spy"],
  },
  {
    title: "row level security was disabled",
    make: "alter table S.jobs disable row level security",
    undo: "alter table S.jobs enable row level security",
    entries: ["table jobs row security"],
  },
  {
    title: "row level security was forced",
    make: "alter table S.jobs force row level security",
    undo: "alter table S.jobs no force row level security",
    entries: ["table jobs row security"],
  },
  {
    title: "a column was added",
    make: "alter table S.jobs add column spy text default 'x'",
    undo: "alter table S.jobs drop column spy",
    entries: ["table jobs column spy"],
  },
  {
    title: "a column was dropped",
    make: "alter table S.jobs drop column note",
    undo: 'alter table S.jobs add column note text collate "C"',
    entries: ["table jobs column note"],
  },
  {
    title: "a column was renamed",
    make: "alter table S.jobs rename column note to remark",
    undo: "alter table S.jobs rename column remark to note",
    entries: ["table jobs column note", "table jobs column remark"],
  },
  {
    title: "a column got another type",
    make: 'alter table S.jobs alter column note type varchar(9) collate "C"',
    undo: 'alter table S.jobs alter column note type text collate "C"',
    entries: ["table jobs column note"],
  },
  {
    title: "a column got another collation",
    make: "alter table S.jobs alter column note type text",
    undo: 'alter table S.jobs alter column note type text collate "C"',
    entries: ["table jobs column note"],
  },
  {
    title: "a column may be empty",
    make: "alter table S.jobs alter column owner drop not null",
    undo: "alter table S.jobs alter column owner set not null",
    entries: ["table jobs column owner"],
  },
  {
    title: "a default was changed",
    make: "alter table S.jobs alter column status set default 'done'",
    undo: "alter table S.jobs alter column status set default 'pending'",
    entries: ["table jobs column status"],
  },
  {
    title: "a default was dropped",
    make: "alter table S.jobs alter column status drop default",
    undo: "alter table S.jobs alter column status set default 'pending'",
    entries: ["table jobs column status"],
  },
  {
    title: "an identity takes values from clients",
    make: "alter table S.jobs alter column id set generated by default",
    undo: "alter table S.jobs alter column id set generated always",
    entries: ["table jobs column id"],
  },
  {
    title: "a computed column is an ordinary one",
    make: "alter table S.jobs alter column size drop expression",
    undo: "alter table S.jobs drop column size; alter table S.jobs add column size int generated always as (length(status)) stored",
    entries: ["table jobs column size"],
  },
  {
    title: "a column is stored in another way",
    make: "alter table S.jobs alter column note set storage external",
    undo: "alter table S.jobs alter column note set storage extended",
    entries: ["table jobs column note"],
  },
  {
    title: "a column is compressed in another way",
    make: "alter table S.jobs alter column note set compression pglz",
    undo: "alter table S.jobs alter column note set compression default",
    entries: ["table jobs column note"],
  },
  {
    title: "a column has other statistics",
    make: "alter table S.jobs alter column note set statistics 7",
    undo: "alter table S.jobs alter column note set statistics -1",
    entries: ["table jobs column note"],
  },
  {
    title: "a column has options",
    make: "alter table S.jobs alter column note set (n_distinct = 5)",
    undo: "alter table S.jobs alter column note reset (n_distinct)",
    entries: ["table jobs column note"],
  },
  {
    title: "a column got a comment",
    make: "comment on column S.jobs.note is 'it''s mine'",
    undo: "comment on column S.jobs.note is null",
    entries: ["table jobs column note"],
  },
  {
    title: "a constraint was dropped",
    make: "alter table S.jobs drop constraint jobs_status_check",
    undo: "alter table S.jobs add constraint jobs_status_check check (status in ('pending', 'done'))",
    entries: ["table jobs constraint jobs_status_check"],
  },
  {
    title: "a constraint was added, and holds for new rows only",
    make: "alter table S.jobs add constraint spy check (owner is not null) not valid",
    undo: "alter table S.jobs drop constraint spy",
    entries: ["table jobs constraint spy"],
  },
  {
    title: "a foreign key was dropped",
    make: "alter table S.keys drop constraint keys_job_fkey",
    undo: "alter table S.keys add foreign key (job) references S.jobs (id) on delete cascade",
    entries: ["table keys constraint keys_job_fkey"],
  },
  {
    title: "a foreign key can be deferred",
    make: "alter table S.keys alter constraint keys_job_fkey deferrable initially deferred",
    undo: "alter table S.keys alter constraint keys_job_fkey not deferrable",
    entries: ["table keys constraint keys_job_fkey"],
  },
  {
    title: "a primary key was dropped",
    make: "alter table S.keys drop constraint keys_pkey",
    undo: "alter table S.keys add primary key (job)",
    entries: ["table keys constraint keys_pkey", "table keys index keys_pkey"],
  },
  {
    title: "an index was dropped",
    make: "drop index S.jobs_status",
    undo: "create index jobs_status on S.jobs (status) where status = 'pending'",
    entries: ["table jobs index jobs_status"],
  },
  {
    title: "an index was added",
    make: "create unique index spy on S.jobs using btree (note desc)",
    undo: "drop index S.spy",
    entries: ["table jobs index spy"],
  },
  {
    title: "an index was renamed",
    make: "alter index S.jobs_status rename to spy",
    undo: "alter index S.spy rename to jobs_status",
    entries: ["table jobs index jobs_status", "table jobs index spy"],
  },
  {
    title: "an index got options",
    make: "alter index S.jobs_status set (fillfactor = 50)",
    undo: "alter index S.jobs_status reset (fillfactor)",
    entries: ["table jobs index jobs_status"],
  },
  {
    title: "extended statistics were added",
    make: "create statistics S.spy on owner, status from S.jobs",
    undo: "drop statistics S.spy",
    entries: ["table jobs statistics spy"],
  },
  {
    title: "a rule swallows deletes",
    make: "create rule spy as on delete to S.jobs do instead nothing",
    undo: "drop rule spy on S.jobs",
    entries: ["table jobs rule spy"],
  },
  {
    title: "a privilege was granted to anon",
    make: "grant select, delete on S.jobs to anon",
    undo: "revoke all on S.jobs from anon",
    entries: ["table jobs privileges of anon"],
  },
  {
    title: "a privilege was granted to everyone",
    make: "grant select on S.jobs to public",
    undo: "revoke all on S.jobs from public",
    entries: ["table jobs privileges of public"],
  },
  {
    title: "a privilege was revoked",
    make: "revoke select on S.jobs from authenticated",
    undo: "grant select on S.jobs to authenticated",
    entries: ["table jobs privileges of authenticated"],
  },
  {
    title: "a grant may be handed on",
    make: "grant select on S.jobs to authenticated with grant option",
    undo: "revoke grant option for select on S.jobs from authenticated",
    entries: ["table jobs privileges of authenticated"],
  },
  {
    title: "the owner took a privilege from itself",
    make: "revoke truncate on S.jobs from current_user",
    undo: "grant truncate on S.jobs to current_user",
    entries: ["table jobs privileges of the owner"],
  },
  {
    title: "a privilege on a column was granted",
    make: "grant update (status) on S.jobs to authenticated",
    undo: "revoke update (status) on S.jobs from authenticated",
    entries: ["table jobs column status privileges of authenticated"],
  },
  {
    title: "a privilege on a column was revoked",
    make: "revoke insert (owner) on S.jobs from authenticated",
    undo: "grant insert (owner) on S.jobs to authenticated",
    entries: ["table jobs column owner privileges of authenticated"],
  },
  {
    title: "a table has another owner",
    make: "grant create on schema S to drifter; alter table S.keys owner to drifter",
    undo: "alter table S.keys owner to postgres",
    entries: ["table keys owner"],
  },
  {
    title: "the comment was changed",
    make: "comment on table S.jobs is 'nothing'",
    undo: "comment on table S.jobs is 'what is to be done'",
    entries: ["table jobs comment"],
  },
  {
    title: "the replica identity was changed",
    make: "alter table S.jobs replica identity full",
    undo: "alter table S.jobs replica identity default",
    entries: ["table jobs replica identity"],
  },
  {
    title: "storage options were set",
    make: "alter table S.jobs set (fillfactor = 70, toast.autovacuum_enabled = false)",
    undo: "alter table S.jobs reset (fillfactor, toast.autovacuum_enabled)",
    entries: ["table jobs options"],
  },
  {
    title: "a table is not logged",
    make: "alter table S.keys set unlogged",
    undo: "alter table S.keys set logged",
    entries: ["table keys"],
  },
  {
    title: "a partition was detached",
    make: "alter table S.log detach partition S.log_2026",
    undo: "alter table S.log attach partition S.log_2026 for values from ('2026-01-01') to ('2027-01-01')",
    entries: ["table log_2026"],
  },
  {
    title: "a sequence counts in another way",
    make: "alter sequence S.jobs_id_seq increment by 10 cycle",
    undo: "alter sequence S.jobs_id_seq increment by 1 no cycle",
    entries: ["sequence jobs_id_seq"],
  },
  {
    title: "a sequence was granted",
    make: "grant usage on sequence S.jobs_id_seq to anon",
    undo: "revoke usage on sequence S.jobs_id_seq from anon",
    entries: ["sequence jobs_id_seq privileges of anon"],
  },
  {
    title: "a view shows other rows",
    make: "create or replace view S.open with (security_invoker = true) as select id from S.jobs",
    undo: "create or replace view S.open with (security_invoker = true) as select id from S.jobs where status = 'pending'",
    entries: ["view open query"],
  },
  {
    title: "a view reads as its owner",
    make: "alter view S.open set (security_invoker = false)",
    undo: "alter view S.open set (security_invoker = true)",
    entries: ["view open options"],
  },
  {
    title: "a view was granted",
    make: "grant all on S.open to anon",
    undo: "revoke all on S.open from anon",
    entries: ["view open privileges of anon"],
  },
  {
    title: "a materialized view got an index",
    make: "create index daily_spy on S.daily (status)",
    undo: "drop index S.daily_spy",
    entries: ["materialized view daily index daily_spy"],
  },
  {
    title: "a view is gone",
    make: "drop view S.open",
    undo: "create view S.open with (security_invoker = true) as select id from S.jobs where status = 'pending'",
    entries: ["view open"],
  },
  {
    title: "a table is gone",
    make: "drop table S.keys",
    undo: "create table S.keys (job bigint primary key references S.jobs (id) on delete cascade)",
    entries: ["table keys"],
  },
  {
    title: "a table was renamed",
    make: "alter table S.keys rename to spy",
    undo: "alter table S.spy rename to keys",
    entries: ["table keys"],
  },
  {
    title: "a domain takes other values",
    make: "alter domain S.score drop constraint score_check",
    undo: "alter domain S.score add constraint score_check check (value >= 0)",
    entries: ["domain score"],
  },
  {
    title: "a composite type has another attribute",
    make: "alter type S.pair add attribute c int",
    undo: "alter type S.pair drop attribute c",
    entries: ["type pair column c"],
  },
  {
    title: "a type may not be used any more",
    make: "revoke usage on type S.mood from public",
    undo: "grant usage on type S.mood to public",
    entries: ["type mood privileges of public"],
  },
  {
    title: "a value of an enum was renamed",
    make: "alter type S.mood rename value 'busy' to 'wild'",
    undo: "alter type S.mood rename value 'wild' to 'busy'",
    entries: ["type mood"],
  },
];

/** `table jobs column note` as it is in the schema. */
const keyIn = (schema: string, entry: string) =>
  entry.replace(/^(materialized view|table|view|sequence|domain|type) /, `$1 ${schema}.`);
const inSchema = (schema: string, sql: string) =>
  sql.replace(/\bS\./g, `${schema}.`).replace(/\bschema S\b/g, `schema ${schema}`);

describe("a migration's drift", () => {
  const provider = useProvider("Migration", () => ({ databaseUrl: database().url }));
  let schemas = 0;
  const create = async (more: { name: string; sql: string }[] = []) => {
    const schema = `drift_${++schemas}`;
    const inputs = { name: schema, files: [{ name: "001.sql", sql: tables(schema) }, ...more] };
    return { schema, inputs, state: await provider.create(inputs) };
  };
  type State = Awaited<ReturnType<typeof create>>["state"];
  const read = async (state: State) => {
    const found = await provider.client.read("Migration", state.id, state);
    if (found === undefined) throw new Error(`migration ${state.id} is gone`);
    return found;
  };
  const objectsIn = (state: State) =>
    ((state.outputs.values.drift as Record<string, unknown>)?.objects ?? {}) as Record<string, string>;

  let shared: Awaited<ReturnType<typeof create>>;
  beforeAll(async () => {
    shared = await create();
  });

  it.each(ALTERATIONS)(
    "shows that $title, keeps showing it after an update, and ends when it is undone",
    async ({ make, undo, entries }) => {
      const { schema, inputs, state } = shared;
      await run(inSchema(schema, make));
      try {
        const found = await read(state);
        const keys = entries.map((entry) => keyIn(schema, entry));
        expect(Object.keys(objectsIn(found)).sort()).toEqual(keys.sort());
        const { changed, detailed } = await provider.client.diff("Migration", found, found.inputs);
        expect(changed).toBe(true);
        expect(detailed).toEqual(
          Object.fromEntries(keys.map((key) => [formatPath(["drift", "objects", key]), "delete"])),
        );
        const updated = await provider.update(found, inputs);
        expect(updated.outputs).toEqual(found.outputs);
        expect((await read(updated)).outputs).toEqual(found.outputs);
      } finally {
        await run(inSchema(schema, undo));
      }
      expect(await read(state)).toEqual(state);
    },
  );

  it("tells any number of alterations apart, and forgets each that is undone", async () => {
    const { schema, state } = shared;
    // What changes a name or a table that others are about cannot be combined with these.
    const combinable = ALTERATIONS.filter(
      ({ title }) => !/renamed|gone|type|collation|dropped|ordinary/.test(title),
    );
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(combinable, { minLength: 1, maxLength: 12 }), async (chosen) => {
        const distinct = chosen.filter(
          ({ entries }, index) =>
            !chosen.slice(0, index).some((other) => other.entries.some((each) => entries.includes(each))),
        );
        const made: Alteration[] = [];
        let shown: string[] = [];
        try {
          for (const alteration of distinct) {
            await run(inSchema(schema, alteration.make));
            made.unshift(alteration);
          }
          shown = Object.keys(objectsIn(await read(state)));
        } finally {
          for (const { undo } of made) await run(inSchema(schema, undo));
        }
        const expected = distinct.flatMap(({ entries }) => entries.map((entry) => keyIn(schema, entry)));
        expect(shown.sort()).toEqual(expected.sort());
        expect(await read(state)).toEqual(state);
      }),
      { numRuns: 15 },
    );
  });

  const without = async (sql: string) => {
    const created = await create();
    await run(inSchema(created.schema, sql));
    const next = (text: string) => ({
      ...created.inputs,
      files: [...created.inputs.files, { name: "002.sql", sql: inSchema(created.schema, text) }],
    });
    return { ...created, found: await read(created.state), next };
  };
  const shownIn = (schema: string, state: State) =>
    Object.keys(objectsIn(state)).map((key) => key.replace(`${schema}.`, ""));

  it("is settled by a new file that changes the table, for this table alone", async () => {
    const { schema, found, next } = await without(
      'drop policy "own jobs" on S.jobs; grant select on S.keys to anon',
    );
    const updated = await provider.update(
      found,
      next("create policy mine on S.jobs for select to authenticated using (owner = auth.uid())"),
    );
    expect(shownIn(schema, updated)).toEqual(["table keys privileges of anon"]);
    expect(await read(updated)).toEqual({ ...updated, inputs: updated.inputs });
  });

  it("is settled by a new file that only says the table's name", async () => {
    const { schema, found, next } = await without(
      "create index spy on S.jobs (note); create index spied on S.keys (job)",
    );
    const updated = await provider.update(found, next("create index if not exists spy on S.jobs (note)"));
    expect(shownIn(schema, updated)).toEqual(["table keys index spied"]);
  });

  it("does not end with a new file on something else", async () => {
    const { schema, found, next } = await without("drop index S.jobs_status");
    const updated = await provider.update(found, next("create table S.unrelated ()"));
    expect(shownIn(schema, updated)).toEqual(["table jobs index jobs_status"]);
  });

  it("is none when a file drops, renames or moves what an earlier one made", async () => {
    const { state, next } = await without("select 1");
    const updated = await provider.update(
      state,
      next(`drop policy "own jobs" on S.jobs; drop index S.jobs_status; drop view S.open;
            alter table S.keys rename to locks; alter type S.mood rename to temper; alter table S.log_2026 set schema public`),
    );
    expect(objectsIn(await read(updated))).toEqual({});
    await run("drop table public.log_2026");
    expect(objectsIn(await read(updated))).toEqual({
      "table public.log_2026":
        'removed outside of Pulumi, was "table partition of ' +
        `${updated.id}.log ` +
        "FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')\"",
    });
  });

  it("keeps a table that is gone in sight and does not make it again, until a file speaks of it", async () => {
    const { schema, inputs, found, next } = await without("drop table S.keys");
    const updated = await provider.update(found, inputs);
    expect(objectsIn(updated)).toEqual({
      [`table ${schema}.keys`]: 'removed outside of Pulumi, was "table"',
    });
    const { rows } = await database().pool.query("select to_regclass($1) as found", [`${schema}.keys`]);
    expect(rows).toEqual([{ found: null }]);
    const settled = await provider.update(updated, next("drop table if exists S.keys"));
    expect(objectsIn(await read(settled))).toEqual({});
  });

  it("is not what a file changed before the next one failed", async () => {
    const { schema, state, next } = await without("select 1");
    const both = next("alter table S.jobs add column fresh text");
    both.files.push({ name: "003.sql", sql: "select nothing" });
    await expect(provider.update(state, both)).rejects.toThrow('column "nothing" does not exist');
    // Pulumi keeps the state from before the failure.
    expect(shownIn(schema, await read(state))).toEqual([]);
    await run(`alter table ${schema}.jobs drop column note`);
    expect(
      shownIn(
        schema,
        await provider.update(await read(state), next("alter table S.jobs add column fresh text")),
      ),
    ).toEqual([]);
  });

  it("is not what another migration changes of the same table", async () => {
    const { schema, state } = await create();
    const other = {
      name: `${schema}_more`,
      files: [{ name: "1.sql", sql: `alter table ${schema}.jobs add column more text` }],
    };
    const more = await provider.create(other);
    expect(objectsIn(await read(state))).toEqual({});
    await run(`alter table ${schema}.jobs drop column more`);
    expect(shownIn(schema, await read(more))).toEqual(["table jobs column more"]);
  });

  it("is not settled by another migration whose file happens to use the table's name as a word", async () => {
    const { schema, found } = await without("drop index S.jobs_status");
    const sql = `-- Done jobs, by their end.\ncreate table ${schema}.endings (at timestamptz)`;
    await provider.create({ name: `${schema}_more`, files: [{ name: "1.sql", sql }] });
    const again = await read(found);
    expect(shownIn(schema, again)).toEqual(["table jobs index jobs_status"]);
    expect(again.outputs).toEqual(found.outputs);
  });

  it("is, of a table that others made, only what happens to the parts that a file made", async () => {
    await run(
      "create table public.theirs (id int primary key, owner uuid); alter table public.theirs enable row level security",
    );
    const sql = `create policy own on public.theirs using (true); create table public.ours (id int references public.theirs);
      create function public.noop() returns trigger language plpgsql as 'begin return null; end';
      create trigger noop after insert on public.theirs execute function public.noop()`;
    const state = await provider.create({ name: "parts", files: [{ name: "1.sql", sql }] });
    await run("alter table public.theirs add column news text, disable row level security");
    expect(objectsIn(await read(state))).toEqual({});
    await run("drop policy own on public.theirs");
    expect(Object.keys(objectsIn(await read(state)))).toEqual(["table public.theirs policy own"]);
  });

  it("is not what a role's own resource grants, whoever granted it before", async () => {
    const role = `drift_role_${process.pid}`;
    await run(`create role ${role}`);
    const { schema, state, next } = await without(`grant select on S.keys to ${role}`);
    const updated = await provider.update(
      state,
      next(`grant select on S.jobs to ${role}; comment on table S.keys is ''`),
    );
    await run(
      `insert into jobstack_provider.resource (kind, id, urn, adopted) values ('Role', '${role}', 'urn', true)`,
    );
    await run(`revoke select on ${schema}.keys from ${role}; grant insert on ${schema}.jobs to ${role}`);
    expect(objectsIn(await read(updated))).toEqual({});
    await database().admin.query(`drop owned by ${role}; drop role ${role}`);
    await run(`delete from jobstack_provider.resource where kind = 'Role' and id = '${role}'`);
  });

  it("starts with the next refresh where state and ledger are of an older version", async () => {
    const { schema, state } = await create();
    await run(`delete from jobstack_provider.migration_relation where migration = '${schema}'`);
    const { applied } = state.outputs.values.observed as { applied: Record<string, string> };
    const old = {
      ...state,
      outputs: { ...state.outputs, values: { ...state.outputs.values, observed: { applied } } },
    };
    const refreshed = await read(old);
    expect(objectsIn(refreshed)).toEqual({});
    await run(`alter table ${schema}.jobs disable row level security`);
    expect(shownIn(schema, await read(refreshed))).toEqual(["table jobs row security"]);
    await run(`alter table ${schema}.jobs enable row level security`);
    const sql = `alter table ${schema}.keys add column more text`;
    const updated = await provider.update(refreshed, {
      name: schema,
      files: [
        { name: "001.sql", sql: tables(schema) },
        { name: "002.sql", sql },
      ],
    });
    expect(objectsIn(await read(updated))).toEqual({});
    await run(`drop view ${schema}.open`);
    expect(shownIn(schema, await read(updated))).toEqual(["view open"]);
  });

  it("is none after going back to a revision with fewer files and forward again", async () => {
    const { inputs, state, next } = await without("select 1");
    const newer = await provider.update(state, next("alter table S.jobs add column more text"));
    const older = await provider.update(await read(newer), inputs);
    expect((await read(older)).outputs.values.drift).toBeUndefined();
    const { inputs: checked } = await provider.client.check("Migration", inputs);
    expect((await provider.client.diff("Migration", await read(older), checked)).changed).toBe(false);
    const again = await provider.update(await read(older), next("alter table S.jobs add column more text"));
    expect((await read(again)).outputs.values.drift).toBeUndefined();
  });
});
