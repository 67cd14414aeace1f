import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../infra/local/gateway/testing/test-gateway.ts";
import { packageRoot } from "../infra/package-root.ts";
import { type ConfigValue, PackageProject } from "./support/package-project.ts";
import { createTestCluster, type TestCluster } from "./support/test-cluster.ts";

const page = readFileSync(path.join(packageRoot, "docs/components.md"), "utf8");
/** The examples of the page, one after the other. */
const examples = codeBlocks("ts").join("\n");

/** Compiles only if the shipped types refuse it. */
const mistakes = `
  export function misspell() {
    // @ts-expect-error: no such function
    functions.call("digets", { secret: "CRON_SECRET" });
    // @ts-expect-error: no such setting
    new jobstack.CronJob("tick", { name: "tick", evry: "1 minute", command: "select 1" });
  }`;
const leak = `
  new jobstack.CronSchedule(
    "leak",
    { every: "1 minute", call: { sql: pulumi.interpolate\`select '\${config.requireSecret("cronSecret")}'\` } },
    { provider },
  );`;

let project: PackageProject;
let cluster: TestCluster;
let gateway: TestGateway;
let config: Record<string, ConfigValue>;

beforeAll(async () => {
  [project, cluster] = await Promise.all([PackageProject.create(), createTestCluster()]);
  gateway = await startTestGateway({ databaseUrl: cluster.url });
  config = {
    databaseUrl: { value: cluster.url, secret: true },
    projectRef: { value: projectRef },
    accessToken: { value: accessToken, secret: true },
    apiUrl: { value: gateway.url },
    exporterPassword: { value: "canary-exporter", secret: true },
    cronSecret: { value: "canary-cron", secret: true },
  };
  project.write("Pulumi.yaml", codeBlocks("yaml").join("\n"));
  for (const slug of ["send-mails", "digest", "report"]) {
    project.write(`supabase/functions/${slug}/index.ts`, "Deno.serve(() => new Response('done'));");
  }
}, 300_000);
afterAll(async () => {
  project.delete();
  await gateway.close();
  await cluster.stop();
});

/** This repository's own systems. */
const systems = ["story", "flashcards", "packs", "market"];

/** Every file of SQL but those of the systems. */
function sqlFiles(): string[] {
  return readdirSync(path.join(packageRoot, "sql"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sql") && !systems.some((system) => file.startsWith(`${system}/`)))
    .map((file) => `sql/${file}`)
    .sort();
}

function codeBlocks(language: string, text = page): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, code = ""]) => code,
  );
}

describe("the packed package", () => {
  it("holds the build, the SQL it deploys, the workers' code and the provider, and nothing else", () => {
    const expected = [
      /^dist\/(infra\/(components|provider|sql)|exporter|alerts|cli|worker|sql\/(jobstack|metrics)|supabase\/functions\/_shared)\/.*\.(js|d\.ts)$/,
      /^dist\/infra\/[a-z-]+\.(js|d\.ts)$/,
      /^supabase\/functions\/_shared\/(worker\/)?[a-z-]+\.ts$/,
      /^infra\/provider\/bin\/pulumi-resource-jobstack$/,
      /^dashboards\/(generated\/jobstack-[a-z]+\.json|provisioning\/[a-z]+\/[a-z]+\.yaml)$/,
      /^(package\.json|README\.md|LICENSE)$/,
    ];
    const unexpected = /\.test\.|\/testing\/|\/local\/|\.jobstack|shared\/design/;
    const sql = project.files.filter((file) => file.startsWith("sql/"));
    const others = project.files.filter((file) => !sql.includes(file));
    expect(sql.sort()).toEqual(sqlFiles());
    expect(others.filter((file) => !expected.some((each) => each.test(file)))).toEqual([]);
    expect(project.files.filter((file) => unexpected.test(file))).toEqual([]);
    expect(project.files).toContain("dist/infra/jobstack.js");
  });

  it("brings no part of the local platform along", () => {
    const { packages } = JSON.parse(project.read("package-lock.json")) as {
      packages: Record<string, unknown>;
    };
    const names = Object.keys(packages).map((name) => name.replace("node_modules/", ""));
    expect(names).toContain("jobstack");
    expect(names.filter((name) => ["deno", "esbuild", "listr2", "vitest"].includes(name))).toEqual([]);
  });

  it("deploys the page's examples: what the preview said, once, and then nothing", async () => {
    project.write("program.ts", `${examples}\n${mistakes}`);
    await project.compile("program.ts");
    const [planned, done, again] = await project.run(["preview", "up", "preview"], config);
    expect(planned).toEqual(
      expect.arrayContaining([
        "create CronJob digest-hourly",
        "create EdgeFunction send-mails",
        "create Queue mails",
        "create SqlFunction jobstack.step",
      ]),
    );
    expect(done).toEqual(planned);
    expect(again).toEqual([]);
  }, 300_000);

  it("has the Node worker, as its page shows it", async () => {
    const [example = ""] = codeBlocks("ts", readFileSync(path.join(packageRoot, "docs/worker.md"), "utf8"));
    project.write("worker.ts", example);
    await project.compile("worker.ts");
    const exported =
      "import('jobstack/worker').then((worker) => console.log(Object.keys(worker).sort().join()))";
    expect((await execa("node", ["-e", exported], { cwd: project.directory })).stdout).toBe(
      "LeaseLostError,PermanentError,RetryAfterError,describeEvent,runObservedWorker,startWorker,stopOnSignals",
    );
  }, 120_000);

  it("has the dashboards for a Grafana, as their page shows it, once its provider is installed", async () => {
    const [example = ""] = codeBlocks(
      "ts",
      readFileSync(path.join(packageRoot, "dashboards/README.md"), "utf8"),
    );
    await project.install("@pulumiverse/grafana@2");
    project.write("dashboards.ts", example);
    await project.compile("dashboards.ts");
    const exported = "import('jobstack/grafana').then((entry) => console.log(Object.keys(entry).join()))";
    expect((await execa("node", ["-e", exported], { cwd: project.directory })).stdout).toBe(
      "GrafanaDashboards",
    );
    expect(project.files).toContain("dashboards/generated/jobstack-overview.json");
  }, 120_000);

  it("has the exporter as a command, which reads a database and shows it", async () => {
    const run = (...args: string[]) =>
      execa("npx", ["--no", "jobstack", ...args], { cwd: project.directory, reject: false });
    expect((await run("exporter", "--help")).stdout).toContain("--database-url-file");
    const url = new URL(cluster.url);
    project.write(
      "exporter.yaml",
      "targets: [{ name: shop, databaseUrlFile: url }, { name: gone, databaseUrlFile: gone-url }]",
    );
    project.write("url", `${url.href}\n`);
    project.write("gone-url", "postgresql://jobstack_exporter:hunter2@127.0.0.1:1/postgres");
    const { exitCode, stdout, stderr } = await run("exporter", "check", "--config", "exporter.yaml");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^shop \{environment="local",project="shop"\}\n {2}ok +cron_jobs +\d+ samples\n/);
    expect(stdout).toMatch(/\ngone \{.*\}\n {2}failed +the database does not answer: .*ECONNREFUSED/);
    expect(stdout).not.toContain("hunter2");
    expect(exitCode).toBe(1);
  }, 120_000);

  it("puts no secret into a cron job: fails the program that would, and does not show it", async () => {
    project.write("program.js", `${project.read("program.js")}\n${leak}`);
    const failure = await project.run(["preview"], config).catch((error: { stderr: string }) => error.stderr);
    expect(failure).toContain(
      'cron schedule "leak": its command would hold a secret in clear; keep the secret in Vault and name it in the call',
    );
    expect(failure).not.toContain("canary");
  }, 120_000);
});
