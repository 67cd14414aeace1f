import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "./local/workspace.ts";

const staging = {
  "jobstack:environment": "staging",
  "jobstack:projectRef": "abcdefghijklmnopqrst",
  "jobstack:story": JSON.stringify({ maxAttempts: 2 }),
  "jobstack:databaseUrl": "postgresql://postgres:canary-password@db.example.com/postgres",
  "jobstack:accessToken": "sbp_canary",
  "jobstack:cronSecret": "canary-cron",
  "jobstack:apiKeyEncryptionKey": "canary-encryption",
  "jobstack:exporterPassword": "canary-exporter",
};
const withFlashcards = {
  ...staging,
  "jobstack:flashcards": JSON.stringify({ iterations: 7, delayMs: 500 }),
  "jobstack:generatorApiKey": "canary-generator",
};
const secretKeys = [
  "databaseUrl",
  "accessToken",
  "cronSecret",
  "apiKeyEncryptionKey",
  "generatorApiKey",
  "exporterPassword",
  "grafanaToken",
  "heartbeatUrl",
].map((key) => `jobstack:${key}`);

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

async function runProgram(
  config: Record<string, string>,
  options: { preview?: boolean; secretKeys?: string[] } = {},
) {
  const request = { stack: "staging", preview: false, config, secretKeys, ...options };
  const { stdout } = await execa(
    process.execPath,
    ["--import", "tsx", "test/support/run-program.ts", JSON.stringify(request)],
    { cwd: projectRoot },
  );
  return JSON.parse(stdout) as Declared[];
}

function inputsOf(resources: Declared[], type: string, name: string): Record<string, unknown> | undefined {
  return resources.find((each) => each.type === `jobstack:index:${type}` && each.name === name)?.inputs;
}

describe("the program, loaded as Pulumi's Node host loads it", () => {
  it("is named as a file, since for a folder the SDK runs the entry point of package.json, which declares nothing", () => {
    const { main } = parse(readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8"));
    expect(main).toBe("infra/index.ts");
  });

  it.each([{ preview: true }, { preview: false }])(
    "declares the story system for staging (preview: $preview)",
    async (run) => {
      const resources = await runProgram(staging, run);
      expect(inputsOf(resources, "CronJob", "job-worker-poll")).toMatchObject({ every: "30 seconds" });
      expect(inputsOf(resources, "Queue", "story")).toMatchObject({
        table: "story.jobs",
        maxAttempts: 2,
        rateLimits: [{ jobs: 1, seconds: 30, column: "job_type", value: "audio_generation" }],
        wakeUrl: "https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker",
      });
      expect(inputsOf(resources, "SqlFunction", "story.trigger_job_worker")?.definition).toContain(
        "https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker",
      );
      for (const slug of ["job-creator", "job-worker", "job-status"]) {
        expect(inputsOf(resources, "EdgeFunction", slug)).toMatchObject({ verifyJwt: slug !== "job-worker" });
      }
    },
  );

  it("declares a guest under names of its own, without the queue core", async () => {
    const { "jobstack:exporterPassword": _, ...guest } = staging;
    const resources = await runProgram({ ...guest, "jobstack:guestOf": "production" });
    const names = resources
      .filter(({ type }) => type.startsWith("jobstack:index:"))
      .map(({ inputs }) => inputs);
    expect(names.filter(({ schema }) => schema === "jobstack" || schema === "story")).toEqual([]);
    for (const kind of ["Extension", "Role"]) {
      expect(resources.filter(({ type }) => type === `jobstack:index:${kind}`)).toEqual([]);
    }
    expect(inputsOf(resources, "CronJob", "job-worker-poll-staging")?.command).toBe(
      "select jobstack.poll('story-staging')",
    );
    expect(inputsOf(resources, "Queue", "story-staging")).toMatchObject({
      table: "story_staging.jobs",
      wakeSecret: "CRON_SECRET_STAGING",
      wakeUrl: "https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker-staging",
      expectCore: true,
    });
    expect(inputsOf(resources, "EdgeFunction", "job-worker-staging")).toMatchObject({
      slug: "job-worker-staging",
      entrypoint: "supabase/functions/job-worker/index.ts",
    });
  });

  it("declares the flashcards system, with an alert where there is a webhook", async () => {
    const resources = await runProgram(withFlashcards);
    expect(inputsOf(resources, "CronJob", "process-flashcard-jobs")).toMatchObject({
      schedule: "* * * * *",
      command: expect.stringContaining('{"iterations":7,"delay":500}'),
    });
    expect(inputsOf(resources, "Queue", "flashcards")).toMatchObject({
      table: "flashcards.jobs",
      statuses: { pending: "queued", completed: "done" },
      wakeUrl: "https://abcdefghijklmnopqrst.supabase.co/functions/v1/worker-pull",
    });
    expect(inputsOf(resources, "CronJob", "alert-stuck-jobs")).toBeUndefined();
    const webhookUrl = "https://example.com/alert";
    const alerting = await runProgram({
      ...withFlashcards,
      "jobstack:flashcards": JSON.stringify({ stuckAlert: { webhookUrl } }),
    });
    expect(inputsOf(alerting, "CronJob", "alert-stuck-jobs")).toMatchObject({
      schedule: "0 * * * *",
      command: expect.stringMatching(
        /p_older_than => '3600 seconds', p_more_than => '100', p_url => 'https:\/\/example/,
      ),
    });
  });

  it("declares a guest's flashcards under names of their own, also on the table that they share", async () => {
    const { "jobstack:exporterPassword": _, ...guest } = withFlashcards;
    const resources = await runProgram({ ...guest, "jobstack:guestOf": "production" });
    const [trigger, definition] = [
      "queue_flashcards_upload_staging",
      /when \(new\.bucket_id = 'ingest-staging'\)/,
    ];
    expect(inputsOf(resources, "Trigger", `storage.objects.${trigger}`)).toMatchObject({
      name: trigger,
      definition: expect.stringMatching(definition),
    });
    expect(inputsOf(resources, "CronJob", "process-flashcard-jobs-staging")?.command).toContain(
      "p_audience => 'cron-tick-staging'",
    );
    expect(inputsOf(resources, "StorageBucket", "ingest-staging")).toMatchObject({ name: "ingest-staging" });
    expect(inputsOf(resources, "Queue", "flashcards-staging")).toMatchObject({
      table: "flashcards_staging.jobs",
    });
  });

  it("declares a system in public without touching that schema, and tells its functions", async () => {
    const resources = await runProgram({
      ...staging,
      "jobstack:story": JSON.stringify({ schema: "public" }),
    });
    expect(inputsOf(resources, "Queue", "story")).toMatchObject({ table: "public.jobs" });
    expect(inputsOf(resources, "FunctionSecret", "STORY_SCHEMA")?.value).toMatchObject({ value: "public" });
    const schemas = resources.filter(({ type }) => type === "jobstack:index:Schema").map(({ name }) => name);
    expect(schemas).toEqual(["jobstack"]);
  });

  it("leaves out the backup schedule, and tells a webhook of stuck jobs, where the settings say so", async () => {
    const resources = await runProgram({
      ...staging,
      "jobstack:story": JSON.stringify({
        pollEvery: false,
        stuckAlert: { webhookUrl: "https://example.com/alert", moreThan: 5 },
      }),
    });
    expect(inputsOf(resources, "CronJob", "job-worker-poll")).toBeUndefined();
    const alert = inputsOf(resources, "CronJob", "story-stuck-jobs");
    expect(alert).toMatchObject({ schedule: "0 * * * *" });
    expect(alert?.command).toContain("https://example.com/alert");
  });

  it("declares the packs system with the application's address, and its table to Realtime", async () => {
    const appUrl = "https://app.example.com";
    const resources = await runProgram({ ...staging, "jobstack:packs": JSON.stringify({ appUrl }) });
    expect(inputsOf(resources, "Queue", "packs")).toMatchObject({
      table: "packs.job_queue",
      maxRetriesColumn: "max_retries",
      wakeUrl: "https://abcdefghijklmnopqrst.supabase.co/functions/v1/process-jobs",
    });
    expect(inputsOf(resources, "CronJob", "process-jobs")).toMatchObject({ every: "10 seconds" });
    expect(inputsOf(resources, "PublicationTable", "packs.job_queue")).toBeDefined();
    expect(inputsOf(resources, "FunctionSecret", "NEXT_PUBLIC_APP_URL")?.value).toMatchObject({
      value: appUrl,
    });
  });

  it("deploys the dashboards to a Grafana that the settings name, with its token as a secret", async () => {
    const dashboards = await runProgram({
      ...staging,
      "jobstack:grafana": JSON.stringify({ url: "https://grafana.example.com", environment: "staging" }),
      "jobstack:grafanaToken": "canary-grafana",
    });
    const [provider] = dashboards.filter(({ type }) => type === "pulumi:providers:grafana");
    expect(provider?.inputs).toMatchObject({ url: "https://grafana.example.com" });
    expect(JSON.stringify(provider?.inputs)).toContain("canary-grafana");
    expect(inClear(dashboards)).not.toContain("canary");
    const names = dashboards.filter(({ type }) => type === "grafana:oss/dashboard:Dashboard");
    expect(names.map(({ name }) => name)).toContain("jobstack-overview");
    const without = (await runProgram(staging)).map(({ type }) => type);
    expect(without.filter((type) => type.includes("grafana"))).toEqual([]);
  });

  it("calls a heartbeat service where the settings name one, by an address that stands in Vault alone", async () => {
    const address = "https://heartbeat.example.com/canary-check";
    const resources = await runProgram({ ...staging, "jobstack:heartbeatUrl": address });
    expect(inputsOf(resources, "CronJob", "jobstack-heartbeat")).toMatchObject({
      every: "1 minute",
      command:
        "select jobstack.send_heartbeat(p_name => 'jobstack-heartbeat', p_url_secret => 'HEARTBEAT_URL')",
    });
    expect(inputsOf(resources, "VaultSecret", "HEARTBEAT_URL")?.value).toMatchObject({ value: address });
    expect(JSON.stringify(resources).split(address)).toHaveLength(2);
  });

  it("takes over what exists only where the settings say so", async () => {
    const adopting = await runProgram({ ...staging, "jobstack:adopt": "true" });
    expect(inputsOf(adopting, "CronJob", "job-worker-poll")?.adopt).toBe(true);
    expect(inputsOf(adopting, "Migration", "story")).toMatchObject({ adopt: true, baseline: ["0001_jobs"] });
    expect(inputsOf(adopting, "Schema", "story")).not.toHaveProperty("adopt");
    expect(inputsOf(await runProgram(staging), "CronJob", "job-worker-poll")?.adopt).toBeUndefined();
  });

  it("hands every secret on as a secret", async () => {
    const resources = await runProgram(withFlashcards);
    expect(JSON.stringify(resources)).toContain("canary-cron");
    expect(JSON.stringify(resources)).toContain("canary-generator");
    expect(inClear(resources)).not.toContain("canary");
  });

  it("declares nothing when the configuration is wrong, and says all that is", async () => {
    const { "jobstack:cronSecret": _, ...incomplete } = staging;
    await expect(runProgram({ ...incomplete, "jobstack:polling": "1" })).rejects.toMatchObject({
      stdout: "",
      stderr: [
        'stack "staging": invalid configuration in Pulumi.staging.yaml',
        "  - jobstack:polling: unknown setting; remove it",
        "  - jobstack:cronSecret: missing; set it with: pulumi config set --secret jobstack:cronSecret ...",
      ].join("\n"),
    });
  });

  it("refuses a secret that is stored in clear", async () => {
    const rest = secretKeys.filter((key) => key !== "jobstack:cronSecret");
    await expect(runProgram(staging, { secretKeys: rest })).rejects.toMatchObject({
      stderr: expect.stringContaining(
        "jobstack:cronSecret: stored in clear; set it with: pulumi config set --secret",
      ),
    });
  });
});

/** Everything that is declared, without what is marked as secret. */
function inClear(resources: Declared[]): string {
  return JSON.stringify(resources, (_, value) => (isSecret(value) ? "[secret]" : value));
}

/** How the engine marks a secret in a resource's properties. */
function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}
