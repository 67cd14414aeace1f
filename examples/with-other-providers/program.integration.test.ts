import { execa } from "execa";
import { expect, it } from "vitest";
import { projectRoot } from "../../infra/local/workspace.ts";

const secrets = ["databasePassword", "accessToken", "exporterPassword"].map((key) => `jobstack:${key}`);
const config = {
  ...Object.fromEntries(secrets.map((key) => [key, "canary"])),
  "jobstack:organizationId": "acme",
  "jobstack:region": "eu-central-1",
};

it.each([{ preview: true }, { preview: false }])(
  "gives each provider its own objects, and Jobstack those about jobs (preview: $preview)",
  async ({ preview }) => {
    const program = "examples/with-other-providers/index.ts";
    const request = { stack: "production", preview, config, secretKeys: secrets, program };
    const { stdout } = await execa(
      process.execPath,
      ["--import", "tsx", "test/support/run-program.ts", JSON.stringify(request)],
      { cwd: projectRoot },
    );
    const declared = JSON.parse(stdout) as { type: string; name: string }[];
    const of = (prefix: string) =>
      declared
        .filter(({ type }) => type.startsWith(prefix))
        .map(({ type, name }) => `${type} ${name}`)
        .sort();
    expect(of("supabase:")).toEqual([
      "supabase:index/branch:Branch preview",
      "supabase:index/project:Project shop",
      "supabase:index/settings:Settings shop",
    ]);
    expect(of("postgresql:")).toEqual([
      "postgresql:index/database:Database reports",
      "postgresql:index/role:Role analyst",
    ]);
    expect(of("jobstack:index:CronJob")).toEqual([
      "jobstack:index:CronJob cleanup",
      "jobstack:index:CronJob jobstack-tick",
    ]);
  },
);
