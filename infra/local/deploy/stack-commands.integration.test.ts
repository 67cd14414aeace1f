import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import type { TestStack } from "../../provider/testing/pulumi-stack.ts";
import { startTestProject, type TestProject } from "../../testing/deployed-environment.ts";
import { deployStack } from "./deploy-stack.ts";
import { destroyStack } from "./destroy-stack.ts";
import { checkConfig } from "./open-stack.ts";
import { previewStack } from "./preview-stack.ts";
import type { Terminal } from "./terminal.ts";

/** The engine, several times over a hundred resources. */
const slow = { timeout: 300_000 };

let project: TestProject;
let database: pg.Pool;
let production: TestStack;
let before: string[];

beforeAll(async () => {
  project = await startTestProject();
  database = openPool(project.cluster.url);
  production = await project.openStack("production", {
    story: "{}",
    exporterPassword: "the-password-of-monitoring",
  });
  await makeByHand();
  before = await everything();
});
afterAll(async () => {
  await database.end();
  await project.stop();
});

/** What a person made beside a deployment, one of each kind. */
async function makeByHand(): Promise<void> {
  await database.query(`
    create table public.note (id int primary key);
    insert into public.note values (1);
    create function public.by_hand() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger by_hand before insert on public.note for each row execute function public.by_hand();
    create role by_hand;
    select cron.schedule('by-hand', '@daily', 'select 1');
    create extension if not exists supabase_vault with schema vault;
    select vault.create_secret('x', 'BY_HAND');
  `);
  await project.gateway.api("/secrets", { method: "POST", body: [{ name: "BY_HAND", value: "x" }] });
  await project.gateway.deploy("by-hand", "Deno.serve(() => new Response('x'))");
}

/** Every object of the database and the project that somebody made, extensions' and the server's own left out. */
async function everything(): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(`
    with own as (
      select 'pg_class'::regclass as classid, c.oid,
             case when c.relkind in ('r', 'p') then 'table ' else c.relkind::text || ' ' end || c.oid::regclass as name, c.relnamespace as schema
        from pg_class c where c.relkind not in ('i', 't', 'c')
      union all
      select 'pg_proc'::regclass, p.oid, 'function ' || p.oid::regprocedure, p.pronamespace from pg_proc p
      union all
      select 'pg_trigger'::regclass, t.oid, 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass, c.relnamespace
        from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal
      union all
      select 'pg_namespace'::regclass, n.oid, 'schema ' || n.nspname, n.oid from pg_namespace n
      union all
      select 'pg_extension'::regclass, e.oid, 'extension ' || e.extname, 0 from pg_extension e
    )
    select name from own
      where schema not in (select oid from pg_namespace where nspname like 'pg\\_%' or nspname = 'information_schema')
        and not exists (select from pg_depend d where d.classid = own.classid and d.objid = own.oid and d.deptype = 'e')
    union all select 'role ' || rolname from pg_roles
    union all select 'cron job ' || jobname from cron.job
    union all select 'vault secret ' || name from vault.secrets
    order by 1`);
  const listed = async (route: string) =>
    (await (await project.gateway.api(route)).json()) as Record<string, string>[];
  return [
    ...rows.map(({ name }) => name),
    ...(await listed("/functions")).map(({ slug }) => `edge function ${slug}`),
    ...(await listed("/secrets")).map(({ name }) => `function secret ${name}`),
  ].sort();
}

function terminal(...answers: string[]): Terminal & { said: () => string } {
  let said = "";
  const write = (text: string) => {
    said += text;
  };
  const ask = async (question: string) => {
    write(question);
    return answers.shift() ?? "";
  };
  return {
    write,
    writeError: write,
    color: false,
    ask: answers.length > 0 ? ask : undefined,
    said: () => said,
  };
}

describe("deploy", slow, () => {
  it("does nothing where nobody can confirm, unless told not to ask", async () => {
    await expect(deployStack(production.stack, false, terminal())).rejects.toThrow(
      'stack "production": nobody is here to confirm; look at the preview first, then add --yes',
    );
    expect(await everything()).toEqual(before);
  });

  it("shows what it would do and does nothing when the answer is no", async () => {
    const screen = terminal("n");
    await expect(deployStack(production.stack, false, screen)).rejects.toThrow(
      "not deployed; nothing was changed",
    );
    expect(screen.said()).toMatch(
      /\+ jobstack:index:CronJob[\s\S]*\+ \d+ to create[\s\S]*Deploy these changes to "production"\? /,
    );
    expect(await everything()).toEqual(before);
  });

  it("deploys when the answer is yes, and then finds nothing to do", async () => {
    await deployStack(production.stack, false, terminal("y"));
    const screen = terminal("n");
    await expect(deployStack(production.stack, false, screen)).rejects.toThrow("not deployed");
    expect(screen.said()).toContain('Nothing would change. Deploy all the same to "production"? ');
  });
});

describe("preview", slow, () => {
  it("tells whether there is anything to change, drift included", async () => {
    expect(await previewStack(production.stack, terminal())).toBe(false);
    await database.query("alter table story.jobs disable trigger on_job_insert");
    const screen = terminal();
    expect(await previewStack(production.stack, screen)).toBe(true);
    expect(screen.said()).toContain("on_job_insert");
    await deployStack(production.stack, true, terminal());
    expect(await previewStack(production.stack, terminal())).toBe(false);
  });

  it("says what the engine said when it fails, and no stack trace", async () => {
    await production.stack.setConfig("jobstack:lockTimeout", { value: "soon" });
    const screen = terminal();
    await expect(previewStack(production.stack, screen)).rejects.toThrow(
      'stack "production": the preview failed; see above',
    );
    expect(screen.said()).toContain("lockTimeout");
    expect(screen.said()).not.toMatch(/\n\s+at /);
    await production.stack.removeConfig("jobstack:lockTimeout");
  });
});

describe("the settings", slow, () => {
  it("are checked all at once before the engine starts", async () => {
    await production.stack.setConfig("jobstack:polling", { value: "1" });
    await production.stack.setConfig("jobstack:protect", { value: "maybe" });
    await expect(checkConfig(production.stack)).rejects.toThrow(
      /invalid configuration in Pulumi.production.yaml\n {2}- jobstack:protect: .*\n {2}- jobstack:polling: unknown setting; remove it$/,
    );
    await production.stack.removeConfig("jobstack:polling");
    await production.stack.removeConfig("jobstack:protect");
  });
});

describe("destroy", slow, () => {
  it("refuses a protected stack before anything is removed, and says how to go on", async () => {
    const deployed = await everything();
    await expect(destroyStack(production.stack, true, terminal())).rejects.toThrow(
      /^stack "production": is protected, so nothing was removed; .* set jobstack:protect to false in Pulumi.production.yaml[\s\S]*Migration story/,
    );
    expect(await everything()).toEqual(deployed);
    await production.stack.setConfig("jobstack:protect", { value: "false" });
    await deployStack(production.stack, true, terminal());
  });

  it("does nothing unless the stack's name is the answer", async () => {
    const deployed = await everything();
    await expect(destroyStack(production.stack, false, terminal("yes"))).rejects.toThrow(
      "not removed; nothing was changed",
    );
    expect(await everything()).toEqual(deployed);
  });

  it("removes all that the stack made but tables and what holds them, and nothing else", async () => {
    await database.query(
      "insert into story.jobs (user_id, job_type) values (gen_random_uuid(), 'story_generation')",
    );
    await destroyStack(production.stack, false, terminal("production"));
    const after = await everything();
    expect(before.filter((name) => !after.includes(name))).toEqual([]);
    const kept = after.filter((name) => !before.includes(name));
    expect(kept).toContain("table story.jobs");
    expect(kept.filter((name) => !/^(table|S|schema|extension) /.test(name))).toEqual([]);
    expect((await database.query("select count(*)::int as jobs from story.jobs")).rows).toEqual([
      { jobs: 1 },
    ]);
  });

  it("can be followed by a deployment that takes over what stayed", async () => {
    await production.stack.setConfig("jobstack:adopt", { value: "true" });
    await deployStack(production.stack, true, terminal());
    await production.stack.removeConfig("jobstack:adopt");
    expect(await previewStack(production.stack, terminal())).toBe(false);
    expect((await database.query("select count(*)::int as jobs from story.jobs")).rows).toEqual([
      { jobs: 1 },
    ]);
  });
});
