import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as jobstack from "../sdk.ts";
import type { Phase } from "../testing/change-stops.ts";
import { TestStack } from "../testing/pulumi-stack.ts";
import { reached, StoppableProject } from "../testing/stoppable-project.ts";

let project: StoppableProject;
let stack: TestStack;

beforeAll(async () => {
  project = await StoppableProject.start();
  stack = await TestStack.create(program);
  await stack.up();
});
afterAll(async () => {
  stack.delete();
  await project.close();
});

/** Each after the one before it, so that they are destroyed one by one, the last one first. */
async function program(): Promise<void> {
  const provider = project.provider();
  const files = [
    { name: "1.sql", sql: "create table public.job (id int); insert into public.job values (1)" },
  ];
  const tables = new jobstack.Migration("tables", { name: "work", files }, { provider });
  const tick = new jobstack.CronJob(
    "tick",
    { name: "tick", schedule: "@hourly", command: "select 1" },
    { provider, dependsOn: tables },
  );
  const grants = [{ on: "table" as const, name: "public.job", privileges: ["select"] }];
  const reader = new jobstack.Role("reader", { name: "reader", grants }, { provider, dependsOn: tick });
  const vault = new jobstack.VaultSecret(
    "vault",
    { name: "KEY", value: "vault-value" },
    { provider, dependsOn: reader },
  );
  new jobstack.FunctionSecret("env", { name: "KEY", value: "env-value" }, { provider, dependsOn: vault });
}

const inDatabase = (place: string, phase: Phase) => () => project.stopInDatabase(place, phase);
const inApi = (request: string, phase: Phase) => () => project.stopInApi(request, phase);

describe("a destroy that is killed", { timeout: 240_000 }, () => {
  it.each([
    { where: "before a request", stop: inApi("DELETE /secrets", "making"), dying: ["engine"] },
    { where: "before its answer", stop: inApi("DELETE /secrets", "committing"), dying: ["provider"] },
    {
      where: "before the commit",
      stop: inDatabase("VaultSecret KEY", "making"),
      dying: ["engine", "provider"],
    },
    { where: "after the commit", stop: inDatabase("Role reader", "committing"), dying: ["engine"] },
  ] as const)("$where leaves each object with its note or neither ($dying)", async ({ stop, dying }) => {
    await project.kill(await stop(), stack.startDestroy(), dying);
    expect(await halfDone()).toEqual([]);
    // An engine that dies cannot give its lock back.
    if (dying.some((victim) => victim === "engine")) await stack.cancel();
  });

  it("by SIGTERM ends what is under way, and gives its lock back", async () => {
    const held = await project.stopInDatabase("CronJob tick", "making");
    const destroy = stack.startDestroy();
    await reached(held, destroy);
    destroy.processes.terminateEngine();
    await expect.poll(() => stack.output, { timeout: 30_000 }).toContain("SIGTERM received; cancelling");
    await held.release();
    // The engine does not count this as a failure, and says that all is deleted.
    await destroy.ended;
    expect(await halfDone()).toEqual([]);
    expect(await claims()).toContain("Migration work");
  });

  it("is finished by the next one, which leaves nothing but tables and their rows", async () => {
    const done = await stack.destroy();
    expect(done.map(({ op, resource }) => `${op} ${resource}`)).toEqual(["delete Migration tables"]);
    // The variable was gone before its note, and what is gone the engine does not delete: a note of nothing hinders nobody.
    expect(await claims()).toEqual(["FunctionSecret KEY"]);
    expect(JSON.parse(await stack.state()).deployment.resources ?? []).toEqual([]);
    const { rows } = await project.admin.query(`
      select (select count(*)::int from cron.job) as jobs,
             (select count(*)::int from vault.secrets) as secrets,
             to_regrole('reader') as role,
             (select count(*)::int from public.job) as rows
    `);
    expect(rows).toEqual([{ jobs: 0, secrets: 0, role: null, rows: 1 }]);
    const variables = (await (await project.gateway.api("/secrets")).json()) as { name: string }[];
    expect(variables.filter(({ name }) => name === "KEY")).toEqual([]);
  });
});

async function claims(): Promise<string[]> {
  const { rows } = await project.admin.query<{ claim: string }>(
    "select format('%s %s', kind, id) as claim from jobstack_provider.resource order by 1",
  );
  return rows.map(({ claim }) => claim);
}

/** Objects without a note or notes without an object; of a variable of the functions the note goes last. */
async function halfDone(): Promise<unknown[]> {
  const { rows } = await project.admin.query(`
    with object (claim, present) as (values
      ('CronJob tick', exists (select from cron.job where jobname = 'tick')),
      ('Role reader', to_regrole('reader') is not null),
      ('VaultSecret KEY', exists (select from vault.secrets where name = 'KEY'))
    )
    select o.claim, o.present
      from object as o
     where o.present <> exists (
       select from jobstack_provider.resource as r where format('%s %s', r.kind, r.id) = o.claim
     )
  `);
  return rows;
}
