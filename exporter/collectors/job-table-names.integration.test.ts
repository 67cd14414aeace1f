import { expect, it } from "vitest";
import { useTestDatabase } from "../../test/support/use-test-database.ts";
import { jobTable } from "../job-table.ts";
import { failuresOf, grantTables, scrapeTables, seriesOf, someName } from "../testing/job-tables.ts";

const database = useTestDatabase();

async function isThere(table: string): Promise<boolean> {
  const { rows } = await database().pool.query("select to_regclass($1) is not null as there", [table]);
  return rows[0].there;
}

it("takes any name and any word as it is", async () => {
  const word = `x'); drop table public.witness; -- $function$ "`;
  const name = `"it's $function$ a ""Table"" %s"`;
  await database().pool.query(`
    create table public.witness (id int);
    create schema "My Schema";
    create table "My Schema".${name} ("the 'Status'" text, "Made; At" timestamp, "ended""at" timestamptz);
    create index on "My Schema".${name} ("the 'Status'");
    create index on "My Schema".${name} ("ended""at")`);
  await database().pool.query(
    `insert into "My Schema".${name} values
       ($1, timezone('UTC', now()) - interval '90 s', null), ($2, timezone('UTC', now()), null)`,
    [word, "\\'"],
  );
  const table = jobTable.parse({
    name: "odd_jobs",
    schema: "My Schema",
    table: `it's $function$ a "Table" %s`,
    columns: { status: "the 'Status'", created: "Made; At", completed: 'ended"at' },
    statuses: { ready: [word, "\\'"], processing: "a\nb", completed: "$migration$", failed: "%L" },
  });
  expect(await grantTables(database(), table)).toEqual({ odd_jobs: "ready" });
  const shown = seriesOf("odd_jobs", await scrapeTables(database(), table));
  expect(shown).toMatchObject({ 'jobs_depth{status="ready"}': 2, 'jobs_depth{status="processing"}': 0 });
  expect(await isThere("public.witness")).toBe(true);
});

it("takes a time without a zone as UTC, whatever the role's own zone is", async () => {
  await database().pool.query(`
    create table public.zoned (status text default 'new', created_at timestamp);
    create index on public.zoned (status);
    insert into public.zoned (created_at) values (timezone('UTC', now()) - interval '90 s')`);
  const table = jobTable.parse({ name: "zoned", table: "zoned", statuses: { ready: "new" } });
  await grantTables(database(), table);
  await database().admin.query(
    `alter role jobstack_exporter in database ${database().name} set timezone = 'Asia/Tokyo'`,
  );
  const { jobs_oldest_ready_age_seconds: age } = seriesOf("zoned", await scrapeTables(database(), table));
  expect(age).toBeGreaterThanOrEqual(90);
  expect(age).toBeLessThan(3600);
});

it.each([
  "mails; drop table public.target; --",
  `"; drop table public.target; --`,
  `'; drop table public.target; --`,
  `\\'; drop table public.target; --`,
  `$migration$; drop table public.target; --`,
])("looks for a table, a column or a word called %s, and does nothing else", async (text) => {
  await database().pool.query(
    "create table if not exists public.target (status text, created_at timestamptz)",
  );
  await database().pool.query("create index if not exists by_status on public.target (status)");
  const described = { name: "hostile", table: "target", statuses: { ready: text } };
  const asTable = jobTable.parse({ ...described, table: text, schema: text });
  const asColumn = jobTable.parse({
    ...described,
    columns: { status: text, created: text, completed: text, started: text, attempts: text },
    statuses: { ready: "new", completed: "done" },
  });
  const asWord = jobTable.parse({ ...described, statuses: { ready: text, processing: `${text} ` } });
  expect((await grantTables(database(), asTable)).hostile).toContain("does not exist");
  expect(failuresOf("hostile", await scrapeTables(database(), asTable))).toEqual({ description: 1 });
  expect((await grantTables(database(), asColumn)).hostile).toContain("it has no column");
  expect(failuresOf("hostile", await scrapeTables(database(), asColumn))).toEqual({ description: 1 });
  expect((await grantTables(database(), asWord)).hostile).toBe("ready");
  expect(seriesOf("hostile", await scrapeTables(database(), asWord))).toMatchObject({
    'jobs_depth{status="ready"}': 0,
  });
  expect(await isThere("public.target")).toBe(true);
});

it.each([
  ["an enum", "create type public.mood as enum ('new', 'run', 'end')", "public.mood", ["new", "run", "end"]],
  ["a small number", "select", "smallint", [0, 1, 2]],
  ["a varchar", "select", "varchar(9)", ["new", "run", "end"]],
  ["a char", "select", "char(9)", ["new", "run", "end"]],
] as const)("takes words of a status column that is %s", async (_title, prepare, type, words) => {
  const name = someName();
  const [ready, processing, completed] = words;
  await database().pool.query(`
    ${prepare};
    create table public.${name} (status ${type}, created_at timestamptz default now());
    create index on public.${name} (created_at) where status in ('${ready}', '${processing}');
    insert into public.${name} (status) values ('${ready}'), ('${ready}'), ('${processing}'), ('${completed}')`);
  const table = jobTable.parse({ name, table: name, statuses: { ready, processing, completed } });
  expect(await grantTables(database(), table)).toEqual({ [name]: "ready" });
  expect(seriesOf(name, await scrapeTables(database(), table))).toMatchObject({
    'jobs_depth{status="ready"}': 2,
    'jobs_depth{status="processing"}': 1,
  });
});

it("tells all at once what does not fit, and never runs what a type or a view of others would run", async () => {
  await database().pool.query(`
    create type public.state as enum ('new');
    create domain public.trap as text check (length(value) > 9);
    create table public.misfits (status public.state, made date, trap public.trap)`);
  const misfit = { name: "misfits", table: "misfits", statuses: { ready: ["new", "old"] } };
  const wrong = jobTable.parse({ ...misfit, columns: { created: "made", attempts: "tries" } });
  expect(await grantTables(database(), wrong)).toEqual({
    misfits:
      'job table "misfits": public.misfits is not as described: it has no column "tries" (columns.attempts); ' +
      'its column "made" is of type date, which does not fit columns.created; ' +
      'its status column, of type public.state, cannot hold "old"',
  });
  const trap = jobTable.parse({ ...misfit, columns: { status: "trap", created: "made" } });
  expect((await grantTables(database(), trap)).misfits).toContain('its column "trap" is of type public.trap');
});
