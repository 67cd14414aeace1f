import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installJobstack } from "../../../sql/jobstack/install.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { installStops } from "../testing/change-stops.ts";
import { type PlainInputs, ProviderClient, type ResourceState } from "../testing/provider-client.ts";

let database: TestDatabase;
let client: ProviderClient;

beforeAll(async () => {
  database = await createTestDatabase();
  await installJobstack(database.pool);
  await installStops(database.url, database.admin);
  await database.pool.query(`
    create table public.job (
      id bigint generated always as identity primary key, status text not null default 'pending', payload text
    );
    insert into public.job (status, payload)
      select 'completed', 'payload ' || n from generate_series(1, 1000000) as n;
    create function public.noop() returns trigger language plpgsql as $$ begin return null; end $$;
  `);
  await database.admin.query(RECORD_LOCKS);
  client = await ProviderClient.start({ databaseUrl: database.url });
});
afterAll(async () => {
  await client.stop();
  await database.drop();
});

const checked = async (kind: string, inputs: PlainInputs, state?: ResourceState) => {
  const { inputs: complete, failures } = await client.check(kind, inputs, [], state?.inputs);
  expect(failures).toEqual({});
  return complete;
};

async function create(kind: string, inputs: PlainInputs): Promise<ResourceState> {
  return await client.create(kind, await checked(kind, inputs));
}

async function update(kind: string, state: ResourceState, inputs: PlainInputs): Promise<ResourceState> {
  return await client.update(kind, state, await checked(kind, inputs, state));
}

const trigger = (definition: string, enabled = true) => ({
  schema: "public",
  table: "job",
  name: "on_insert",
  definition: `create or replace trigger on_insert ${definition} execute function public.noop()`,
  enabled,
});

describe("a table with a million rows", () => {
  it("takes everything that is deployed on it without being rewritten, read through or closed to readers", async () => {
    const before = await physical();
    const writer = keepInserting();

    const onInsert = await create("Trigger", trigger("after insert on public.job"));
    const ofRows = await update("Trigger", onInsert, trigger("after insert on public.job for each row"));
    const disabled = await update(
      "Trigger",
      ofRows,
      trigger("after insert on public.job for each row", false),
    );
    const queue = { name: "work", table: "public.job" };
    const declared = await update("Queue", await create("Queue", queue), { ...queue, maxAttempts: 5 });
    const publication = { schema: "public", table: "job", publication: "supabase_realtime" };
    const published = await create("PublicationTable", publication);
    const grants = [{ on: "table", name: "public.job", privileges: ["select"] }];
    const reader = await create("Role", { name: `reader_${database.name}`, grants });
    for (const [kind, state] of [
      ["Role", reader],
      ["PublicationTable", published],
      ["Queue", declared],
    ] as const) {
      await client.delete(kind, state);
    }
    const written = await writer.stop();

    expect(await physical()).toEqual(before);
    expect(written).toBeGreaterThan(0);
    // The strongest that each took; a grant takes none. A share row exclusive lock lets readers in, and writers wait for the commit.
    expect(await strongestLocks()).toEqual({
      Trigger: "ShareRowExclusiveLock",
      PublicationTable: "ShareUpdateExclusiveLock",
      Queue: "RowExclusiveLock",
    });
    await client.delete("Trigger", disabled);
  });

  it("is looked at without counting its rows", async () => {
    const scans = "select seq_scan::int from pg_catalog.pg_stat_user_tables where relname = 'job'";
    await database.admin.query("select pg_catalog.pg_stat_force_next_flush()");
    const { rows: before } = await database.admin.query(scans);
    const queue = await create("Queue", { name: "again", table: "public.job" });
    await client.read("Queue", "again", queue);
    await client.delete("Queue", queue);
    const { rows: after } = await database.admin.query(scans);
    expect(after).toEqual(before);
  });
});

/** Where the table's rows lie: another file after a rewrite. */
async function physical(): Promise<unknown> {
  const { rows } = await database.pool.query(`
    select pg_relation_filenode('public.job') as file, pg_relation_filenode('public.job_pkey') as index,
           (select count(*)::int from public.job where id <= 1000000) as rows
  `);
  return rows;
}

/** Somebody else's application, to which nothing may happen meanwhile. */
function keepInserting(): { stop(): Promise<number> } {
  let going = true;
  const work = (async () => {
    let written = 0;
    for (; going; written += 1) await database.pool.query("insert into public.job default values");
    return written;
  })();
  return {
    stop: async () => {
      going = false;
      return await work;
    },
  };
}

async function strongestLocks(): Promise<Record<string, string>> {
  const { rows } = await database.admin.query<{ kind: string; mode: string }>(`
    select distinct on (kind) kind, mode
      from public.lock_taken
     order by kind, pg_catalog.array_position(array['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock',
       'ShareLock', 'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock', 'AccessShareLock'], mode)
  `);
  return Object.fromEntries(rows.map(({ kind, mode }) => [kind, mode]));
}

// Locks are kept until the transaction ends, so at its commit all that it ever took are there to be seen.
const RECORD_LOCKS = `
  create table public.lock_taken (kind text, mode text);
  create function public.record_locks() returns trigger language plpgsql security definer as $$
  begin
    insert into public.lock_taken
    select coalesce(new.kind, old.kind), l.mode
      from pg_catalog.pg_locks as l
     where l.pid = pg_catalog.pg_backend_pid() and l.relation = 'public.job'::regclass;
    return null;
  end
  $$;
  create constraint trigger record_locks after insert or update or delete on jobstack_provider.resource
    deferrable initially deferred for each row execute function public.record_locks();
`;
