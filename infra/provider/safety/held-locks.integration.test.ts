import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { type PlainInputs, ProviderClient, urnOf } from "../testing/provider-client.ts";
import { startProvider } from "../testing/provider-process.ts";

const ADVICE = "another session holds a lock on the object; try again when it is done, or raise lockTimeout";

let database: TestDatabase;
let client: ProviderClient;

beforeAll(async () => {
  client = new ProviderClient(await startProvider());
});
afterAll(async () => {
  await client.stop();
});
beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(`
    create table public.job (id int);
    create function public.noop() returns trigger language plpgsql as $$ begin return null; end $$;
  `);
  await client.configure({ databaseUrl: database.url, lockTimeout: "200ms" });
});
afterEach(async () => {
  await database.drop();
});

async function create(kind: string, inputs: PlainInputs) {
  const checked = await client.check(kind, inputs);
  expect(checked.failures).toEqual({});
  return await client.create(kind, checked.inputs, { urn: `${urnOf(kind)}-${inputs.name}` });
}

const trigger = {
  schema: "public",
  table: "job",
  name: "on_insert",
  definition: "create trigger on_insert after insert on public.job execute function public.noop()",
};
const migration = {
  name: "work",
  files: [
    { name: "001.sql", sql: "create table public.made (id int)" },
    {
      name: "002.sql",
      sql: "create table public.half (id int); alter table public.job add column note text",
    },
  ],
};

/** What an application does for a while: a row written, and not yet committed. */
async function withOpenInsert(work: () => Promise<void>): Promise<void> {
  const session = await database.pool.connect();
  await session.query("begin; insert into public.job values (1)");
  try {
    await work();
  } finally {
    await session.query("commit");
    session.release();
  }
}

async function exists(name: string): Promise<boolean> {
  const { rowCount } = await database.admin.query(
    "select from pg_catalog.pg_class where relname = $1 union all select from pg_catalog.pg_trigger where tgname = $1",
    [name],
  );
  return rowCount === 1;
}

async function claims(): Promise<string[]> {
  const { rows } = await database.pool.query<{ kind: string }>(
    "select kind from jobstack_provider.resource order by kind",
  );
  return rows.map(({ kind }) => kind);
}

describe("a change whose table another session holds", () => {
  it("gives up within a bound, says why, and leaves nothing half done", async () => {
    await withOpenInsert(async () => {
      await expect(create("Trigger", trigger)).rejects.toThrow(
        `trigger "public.job.on_insert": canceling statement due to lock timeout [SQLSTATE 55P03]; ${ADVICE}`,
      );
      expect(await exists("on_insert")).toBe(false);
      const ledger = "select pg_catalog.to_regclass('jobstack_provider.resource') as ledger";
      expect((await database.pool.query(ledger)).rows).toEqual([{ ledger: null }]);
    });
    await create("Trigger", trigger);
    expect(await exists("on_insert")).toBe(true);
    expect(await claims()).toEqual(["Trigger"]);
  });

  it("keeps the files of a migration that were applied, and nothing of the one that was not", async () => {
    await withOpenInsert(async () => {
      await expect(create("Migration", migration)).rejects.toThrow(
        `migration "work", file "002.sql": canceling statement due to lock timeout [SQLSTATE 55P03]; ${ADVICE}`,
      );
      expect([await exists("made"), await exists("half")]).toEqual([true, false]);
    });
    await create("Migration", migration);
    expect(await exists("half")).toBe(true);
    const { rows } = await database.pool.query(
      "select file from jobstack_provider.migration_file order by file",
    );
    expect(rows).toEqual([{ file: "001.sql" }, { file: "002.sql" }]);
  });

  it("lets inserts pass that queue behind it, though the session holds on", async () => {
    await withOpenInsert(async () => {
      const change = create("Trigger", trigger).catch((error: Error) => error.message);
      await expect.poll(waiting, { timeout: 30_000, interval: 5 }).toContain("ShareRowExclusiveLock");
      // Behind a lock that waits, also those wait who could have shared the one that is held.
      await database.pool.query("insert into public.job values (2)");
      expect(await change).toContain("55P03");
    });
  });

  it("does not delay changes of other objects for longer than its own tries", async () => {
    await withOpenInsert(async () => {
      const change = create("Trigger", trigger).catch((error: Error) => error.message);
      await expect.poll(waiting, { timeout: 30_000, interval: 5 }).toContain("ShareRowExclusiveLock");
      await create("Schema", { name: "elsewhere" });
      expect(await change).toContain("55P03");
    });
    expect(await claims()).toEqual(["Schema"]);
  });
});

async function waiting(): Promise<string[]> {
  const { rows } = await database.admin.query<{ mode: string }>(
    "select mode from pg_catalog.pg_locks where relation = 'public.job'::regclass and not granted",
  );
  return rows.map(({ mode }) => mode);
}
