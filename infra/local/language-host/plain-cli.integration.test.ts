import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";
import { PlainProject } from "./testing/plain-project.ts";

/** Each command is a new engine, language host, program and provider. */
const timeout = 300_000;

let cluster: TestCluster;
let database: pg.Client;
let project: PlainProject;

beforeAll(async () => {
  cluster = await createTestCluster();
  database = new pg.Client({ connectionString: cluster.url });
  await database.connect();
  project = await PlainProject.create();
  await project.pulumi("config", "set", "--secret", "databaseUrl", cluster.url);
}, timeout);

afterAll(async () => {
  await database.end();
  project.delete();
  await cluster.stop();
});

const provider = `const provider = new jobstack.Provider("db", {
  databaseUrl: new pulumi.Config().requireSecret("databaseUrl"),
  lockTimeout: "60s",
});\n`;

/** The line of a program that declares a cron job; `options` are TypeScript, e.g. "protect: true". */
function job(name: string, options = "", schedule = "0 3 * * *"): string {
  const args = JSON.stringify({ name, schedule, command: `select '${name}'` });
  return `new jobstack.CronJob("${name}", ${args}, { provider, ${options} });\n`;
}

const declare = (...lines: string[]) => project.write(provider + lines.join(""));
const urn = (name: string, type = "jobstack:index:CronJob") => `urn:pulumi:dev::project::${type}::${name}`;
const reschedule = (name: string, schedule: string) =>
  database.query("select cron.schedule($1, $2, $3)", [name, schedule, `select '${name}'`]);

async function schedules(): Promise<Record<string, string>> {
  const { rows } = await database.query("select jobname, schedule from cron.job order by jobname");
  return Object.fromEntries(rows.map(({ jobname, schedule }) => [jobname, schedule]));
}

/** Without what depends on the moment: spinners, durations. */
function summary({ text }: { text: string }): string[] {
  const lines = text.slice(text.lastIndexOf("Resources:")).split("\n");
  return lines.filter((line) => /^ {4}\S/.test(line)).map((line) => line.trim());
}

describe("the plain pulumi CLI on a user's program", () => {
  it(
    "previews, deploys, and then finds nothing to do",
    async () => {
      declare(job("nightly"), job("hourly", "", "@hourly"));
      expect(summary(await project.pulumi("preview"))).toEqual(["+ 4 to create"]);
      expect(await schedules()).toEqual({});
      expect(summary(await project.pulumi("up", "--yes"))).toEqual(["+ 4 created"]);
      expect(await schedules()).toEqual({ hourly: "@hourly", nightly: "0 3 * * *" });
      expect(summary(await project.pulumi("preview"))).toEqual(["4 unchanged"]);
    },
    timeout,
  );

  it(
    "shows what somebody changed by hand without being asked to refresh",
    async () => {
      await reschedule("nightly", "0 4 * * *");
      const diff = await project.pulumi("preview", "--diff");
      expect(diff.text).toContain('~ schedule: "0 4 * * *" => "0 3 * * *"');
      expect(diff.text).toContain('changed outside of Pulumi from \\"0 3 * * *\\" to \\"0 4 * * *\\"');
      const { stdout } = await project.pulumi("preview", "--json");
      const { steps, changeSummary } = JSON.parse(stdout);
      expect(changeSummary).toEqual({ same: 3, update: 1 });
      expect(steps.find(({ op }: { op: string }) => op === "update")).toMatchObject({
        urn: urn("nightly"),
        detailedDiff: { schedule: { kind: "update" } },
      });
    },
    timeout,
  );

  it(
    "takes it into the state by refresh, and back to the program by up",
    async () => {
      expect(summary(await project.pulumi("refresh", "--preview-only"))).toEqual([
        "~ 1 to update",
        "3 unchanged",
      ]);
      await project.pulumi("refresh", "--yes", "--skip-preview");
      expect((await project.pulumi("stack", "export")).stdout).toContain("0 4 * * *");
      expect(summary(await project.pulumi("up", "--yes", "--skip-preview", "--refresh"))).toEqual([
        "~ 1 updated",
        "3 unchanged",
      ]);
      expect(await schedules()).toMatchObject({ nightly: "0 3 * * *" });
    },
    timeout,
  );

  it(
    "repairs only what --target names",
    async () => {
      await reschedule("nightly", "0 4 * * *");
      await reschedule("hourly", "0 5 * * *");
      await project.pulumi("up", "--yes", "--skip-preview", "--target", urn("nightly"));
      expect(await schedules()).toEqual({ nightly: "0 3 * * *", hourly: "0 5 * * *" });
      await project.pulumi("up", "--yes", "--skip-preview");
      expect(await schedules()).toMatchObject({ hourly: "@hourly" });
    },
    timeout,
  );

  it(
    "makes a thing anew by --replace, and does not delete the new one as the old",
    async () => {
      const { rows: before } = await database.query("select jobid from cron.job where jobname = 'hourly'");
      await project.pulumi("up", "--yes", "--skip-preview", "--replace", urn("hourly"));
      const { rows: after } = await database.query("select jobid from cron.job where jobname = 'hourly'");
      expect(after).toHaveLength(1);
      expect(after).not.toEqual(before);
    },
    timeout,
  );

  it(
    "imports by command, protected, and prints the code that makes the next preview empty",
    async () => {
      await reschedule("byhand", "@daily");
      const parent = `provider=${urn("db", "pulumi:providers:jobstack")}`;
      const said = await project.pulumi(
        ...["import", "jobstack:index:CronJob", "byhand", "byhand"],
        ...["--yes", "--skip-preview", "--provider", parent],
      );
      const [, code = ""] = /(const byhand = new [\s\S]*?\}\);)/.exec(said.text) ?? [];
      expect(code).toContain('schedule: "@daily"');
      expect(code).toContain("protect: true");
      declare(job("nightly"), job("hourly", "", "@hourly"), code);
      expect(summary(await project.pulumi("preview"))).toEqual(["5 unchanged"]);

      declare(job("nightly"), job("hourly", "", "@hourly"));
      expect((await project.attempt("up", "--yes", "--skip-preview")).text).toContain(
        "because it is protected",
      );
      await project.pulumi("state", "unprotect", urn("byhand"), "--yes");
      await project.pulumi("up", "--yes", "--skip-preview");
      expect(await schedules()).not.toHaveProperty("byhand");
    },
    timeout,
  );

  it(
    "imports by option what the program says in the same words, without changing it",
    async () => {
      await reschedule("byhand", "@daily");
      const { rows: before } = await database.query("select xmin, * from cron.job where jobname = 'byhand'");
      declare(job("nightly"), job("hourly", "", "@hourly"), job("byhand", 'import: "byhand"', "@daily"));
      expect(summary(await project.pulumi("up", "--yes", "--skip-preview"))).toEqual([
        "= 1 imported",
        "4 unchanged",
      ]);
      expect(summary(await project.pulumi("preview"))).toEqual(["5 unchanged"]);
      const { rows: after } = await database.query("select xmin, * from cron.job where jobname = 'byhand'");
      expect(after).toEqual(before);
    },
    timeout,
  );

  it(
    "honours ignoreChanges, retainOnDelete, aliases, deletedWith and protect",
    async () => {
      const schema = 'const work = new jobstack.Schema("work", { name: "work" }, { provider });\n';
      const routine = `new jobstack.SqlFunction("one", { schema: "work", name: "one",
        definition: "create or replace function work.one() returns int language sql as 'select 1'" },
        { provider, dependsOn: work, deletedWith: work });\n`;
      declare(
        job("nightly"),
        job("hourly"),
        job("byhand", "retainOnDelete: true", "@daily"),
        schema,
        routine,
      );
      await project.pulumi("up", "--yes", "--skip-preview");

      // Another schedule that is to be ignored; one job gone from the program; one renamed in it; the schema protected.
      declare(
        job("nightly", 'ignoreChanges: ["schedule"]', "0 9 * * *"),
        job("hourly")
          .replace('"hourly"', '"renamed"')
          .replace("{ provider", '{ provider, aliases: [{ name: "hourly" }]'),
        schema.replace("{ provider", "{ provider, protect: true"),
      );
      const said = await project.pulumi("up", "--yes", "--skip-preview");
      expect(summary(said)).toEqual(["- 2 deleted", "5 unchanged"]);
      expect(await schedules()).toEqual({ byhand: "@daily", hourly: "0 3 * * *", nightly: "0 3 * * *" });
      await expect(database.query("select work.one()")).rejects.toThrow("function work.one() does not exist");
      expect((await project.attempt("destroy", "--yes", "--skip-preview")).text).toContain("protected");
      await project.pulumi("state", "unprotect", "--all", "--yes");
    },
    timeout,
  );
});

describe("a mistake", () => {
  it(
    "of the program is one line, without a trace, and changes nothing",
    async () => {
      declare(job("new"), 'throw new pulumi.RunError("jobstack:story: is missing; write one");\n');
      const { exitCode, text } = await project.attempt("preview");
      expect(exitCode).not.toBe(0);
      expect(text).toContain("error: jobstack:story: is missing; write one");
      expect(text).not.toMatch(/^\s+at /m);
      expect(text).not.toContain("non-zero exit code");
      expect(text).not.toContain("to delete");
    },
    timeout,
  );

  it(
    "in a resource is told with its property, all of them at once",
    async () => {
      declare(
        'new jobstack.CronJob("bad", { name: "", schedule: "* * * * * *", command: "" }, { provider });\n',
      );
      const { text } = await project.attempt("preview");
      expect(text).toContain("property name");
      expect(text).toContain("property schedule");
      expect(text).toContain("property command");
    },
    timeout,
  );
});

describe("an interrupted up", () => {
  /** Starts an `up` of two jobs, one after the other, that waits for a lock; resolves when it does. */
  async function startBlocked(schedule: string) {
    declare("const first = ", job("nightly", "", schedule), job("later", "dependsOn: first"));
    await locker.query("begin; lock table cron.job in share mode");
    let said = "";
    const up = project.start(["up", "--yes", "--skip-preview"], (text) => {
      said += text;
    });
    const waiting =
      "select from pg_catalog.pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid()";
    await vi.waitFor(async () => expect((await database.query(waiting)).rows).not.toEqual([]), { timeout });
    return { up, said: () => said };
  }

  let locker: pg.Client;
  beforeAll(async () => {
    locker = new pg.Client({ connectionString: cluster.adminUrl });
    await locker.connect();
  });
  afterAll(async () => {
    await locker.end();
  });

  it(
    "by Ctrl-C ends the step under way, begins no other, and leaves no lock",
    async () => {
      const { up, said } = await startBlocked("0 9 * * *");
      up.kill("SIGINT");
      await vi.waitFor(() => expect(said()).toMatch(/cancel/i), { timeout });
      await locker.query("commit");
      expect((await up).exitCode).not.toBe(0);
      expect(await schedules()).toMatchObject({ nightly: "0 9 * * *" });
      expect(await schedules()).not.toHaveProperty("later");
      await project.pulumi("up", "--yes", "--skip-preview");
      expect(await schedules()).toMatchObject({ later: "0 3 * * *" });
    },
    timeout,
  );

  it(
    "by a kill leaves a lock, which pulumi cancel takes away",
    async () => {
      const { up } = await startBlocked("0 8 * * *");
      up.kill("SIGKILL");
      await up;
      await locker.query("commit");
      expect((await project.attempt("up", "--yes", "--skip-preview")).text).toContain("pulumi cancel");
      await project.pulumi("cancel", "--yes");
      await project.pulumi("up", "--yes", "--skip-preview");
    },
    timeout,
  );
});

describe("pulumi destroy", () => {
  it(
    "removes what --target names, then all that is ours, and no secret ever stood in state",
    async () => {
      declare(job("nightly"), job("other"));
      await project.pulumi("up", "--yes", "--skip-preview");
      expect((await project.pulumi("stack", "export")).stdout).not.toContain(cluster.url);
      await project.pulumi("destroy", "--yes", "--skip-preview", "--target", urn("other"));
      expect(await schedules()).toEqual({ byhand: "@daily", nightly: "0 3 * * *" });
      await project.pulumi("destroy", "--yes", "--skip-preview");
      expect(await schedules()).toEqual({ byhand: "@daily" });
      expect((await project.pulumi("stack")).text).toContain("Current stack resources (0)");
      await project.pulumi("stack", "rm", "dev", "--yes");
    },
    timeout,
  );
});
