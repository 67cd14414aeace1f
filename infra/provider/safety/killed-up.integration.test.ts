import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as jobstack from "../sdk.ts";
import type { Phase, Stop } from "../testing/change-stops.ts";
import { TestStack } from "../testing/pulumi-stack.ts";
import { StoppableProject } from "../testing/stoppable-project.ts";

const root = mkdtempSync(path.join(tmpdir(), "jobstack-killed-"));
writeFileSync(path.join(root, "index.ts"), "Deno.serve(() => new Response('hello'));");

let project: StoppableProject;
let stack: TestStack;

beforeAll(async () => {
  project = await StoppableProject.start();
  stack = await TestStack.create(program);
});
afterAll(async () => {
  stack.delete();
  rmSync(root, { recursive: true });
  await project.close();
});

/** One of each kind, each after the one before it, so that it is certain what is done at each boundary. */
async function program(): Promise<void> {
  const provider = project.provider();
  const schema = new jobstack.Schema("work", { name: "work" }, { provider });
  const files = [
    { name: "001.sql", sql: "create table work.job (id int);" },
    {
      name: "002.sql",
      sql: "alter table work.job add column note text; insert into work.job values (1, 'kept');",
    },
  ];
  const tables = new jobstack.Migration("tables", { name: "work", files }, { provider, dependsOn: schema });
  const definition =
    "create or replace function work.noop() returns trigger language plpgsql as $$ begin return null; end $$";
  const noop = new jobstack.SqlFunction(
    "noop",
    { schema: "work", name: "noop", definition },
    { provider, dependsOn: tables },
  );
  const trigger = new jobstack.Trigger(
    "on-insert",
    {
      schema: "work",
      table: "job",
      name: "on_insert",
      definition: "create trigger on_insert after insert on work.job execute function work.noop()",
    },
    { provider, dependsOn: noop },
  );
  const tick = new jobstack.CronJob(
    "tick",
    { name: "tick", schedule: "*/5 * * * *", command: "select 1" },
    { provider, dependsOn: trigger },
  );
  const reader = new jobstack.Role(
    "reader",
    { name: "reader", grants: [{ on: "table", name: "work.job", privileges: ["select"] }] },
    { provider, dependsOn: tick },
  );
  const vault = new jobstack.VaultSecret(
    "vault",
    { name: "KEY", value: "vault-value" },
    { provider, dependsOn: reader },
  );
  const env = new jobstack.FunctionSecret(
    "env",
    { name: "KEY", value: "env-value" },
    { provider, dependsOn: vault },
  );
  new jobstack.EdgeFunction(
    "hello",
    { slug: "hello", root, entrypoint: "index.ts", verifyJwt: true },
    { provider, dependsOn: env },
  );
}

const inDatabase = (place: string) => (phase: Phase) => project.stopInDatabase(place, phase);
const inApi = (request: string) => (phase: Phase) => project.stopInApi(request, phase);

const boundaries: [string, (phase: Phase) => Promise<Stop>][] = [
  ["schema", inDatabase("Schema work")],
  ["claim of the migration", inDatabase("Migration work")],
  ["first file", inDatabase("file work/001.sql")],
  ["second file", inDatabase("file work/002.sql")],
  ["function", inDatabase("SqlFunction work.noop")],
  ["trigger", inDatabase("Trigger work.job.on_insert")],
  ["cron job", inDatabase("CronJob tick")],
  ["role", inDatabase("Role reader")],
  ["vault secret", inDatabase("VaultSecret KEY")],
  ["function secret", inApi("POST /secrets")],
  ["edge function", inApi("POST /functions/deploy")],
];

const victims = [["engine"], ["provider"], ["engine", "provider"]] as const;

describe("an up that is killed", { timeout: 240_000 }, () => {
  const kills = boundaries.flatMap(([name, stop]) =>
    (["making", "committing"] as const).map((phase) => ({ name, phase, stop })),
  );

  // Each goes on where the one before was killed. The victims take turns, so that each dies in both phases.
  for (const [index, { name, phase, stop }] of kills.entries()) {
    const dying = victims[(index + Math.floor(index / 6)) % victims.length] ?? [];
    it(`while ${phase} the ${name} leaves nothing half done (${dying.join(" and ")})`, async () => {
      await project.kill(await stop(phase), stack.startUp(), dying);
      expect(await halfDone()).toEqual([]);
      // An engine that dies cannot give its lock back.
      if (dying.some((victim) => victim === "engine")) await stack.cancel();
    });
  }

  it("is finished by the next one, once and for all", async () => {
    const up = await stack.up();
    expect(up.map(({ resource }) => resource)).toEqual(["EdgeFunction hello"]);
    expect(await stack.preview()).toEqual([]);
    expect(await everything()).toEqual({
      claims: [
        "CronJob tick",
        "EdgeFunction hello",
        "FunctionSecret KEY",
        "Migration work",
        "Role reader",
        "Schema work",
        "SqlFunction work.noop",
        "Trigger work.job.on_insert",
        "VaultSecret KEY",
      ],
      jobs: 1,
      files: 2,
      secrets: 1,
      routines: 1,
      triggers: 1,
      rows: 1,
    });
  });
});

describe("the engine's notes of what was interrupted", { timeout: 240_000 }, () => {
  it("stay in state until they are settled", async () => {
    const notes = async () => JSON.parse(await stack.state()).deployment.pending_operations ?? [];
    expect(await notes()).not.toEqual([]);
    await stack.settleInterrupted();
    expect(await notes()).toEqual([]);
  });
});

/** Objects without a claim or claims without an object; a claim of what several transactions make comes first. */
async function halfDone(): Promise<unknown[]> {
  const { rows } = await project.admin.query(`
    with object (claim, present) as (values
      ('Schema work', to_regnamespace('work') is not null),
      ('SqlFunction work.noop', to_regprocedure('work.noop()') is not null),
      ('Trigger work.job.on_insert', exists (select from pg_trigger where tgname = 'on_insert')),
      ('CronJob tick', exists (select from cron.job where jobname = 'tick')),
      ('Role reader', to_regrole('reader') is not null),
      ('VaultSecret KEY', exists (select from vault.secrets where name = 'KEY')),
      ('file 001.sql', to_regclass('work.job') is not null),
      ('file 002.sql', exists (
        select from pg_attribute where attrelid = to_regclass('work.job') and attname = 'note'
      ))
    ), claimed as (
      select format('%s %s', kind, id) as claim from jobstack_provider.resource
      union all
      select format('file %s', file) from jobstack_provider.migration_file
    )
    select o.claim, o.present from object as o
     where o.present <> exists (select from claimed as c where c.claim = o.claim)
  `);
  return rows;
}

async function everything(): Promise<unknown> {
  const { rows } = await project.admin.query(`
    select (select array_agg(format('%s %s', kind, id) order by kind, id) from jobstack_provider.resource) as claims,
           (select count(*)::int from cron.job) as jobs,
           (select count(*)::int from jobstack_provider.migration_file) as files,
           (select count(*)::int from vault.secrets) as secrets,
           (select count(*)::int from pg_proc where pronamespace = 'work'::regnamespace) as routines,
           (select count(*)::int from pg_trigger where tgrelid = 'work.job'::regclass) as triggers,
           (select count(*)::int from work.job) as rows
  `);
  return rows[0];
}
