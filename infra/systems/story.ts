import * as pulumi from "@pulumi/pulumi";
import { readStorySql } from "../../sql/story/read-story-sql.ts";
import { CronSchedule } from "../components/cron-schedule.ts";
import { EdgeFunctions } from "../components/edge-functions.ts";
import { declareFunctionVariables } from "../components/function-variables.ts";
import { JobQueue } from "../components/job-queue.ts";
import type { QueueCore } from "../components/queue-core.ts";
import { StuckJobAlert } from "../components/stuck-job-alert.ts";
import { declareSystemDatabase } from "../components/system-database.ts";
import type { StoryConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import { packageRoot } from "../package-root.ts";
import { PublicationTable, VaultSecret } from "../provider/sdk.ts";
import type { SystemArgs } from "./system-args.ts";

/** Stories that users order and an Edge Function writes in the background: a queue with row-level security. */
export class Story extends pulumi.ComponentResource {
  constructor(name: string, args: SystemArgs<StoryConfig>, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:system:Story", name, {}, opts);
    const { environment, config, core, cronSecret } = args;
    const { names } = environment;
    const schema = names.schema(config.schema);
    const secrets = [cronSecret, ...this.#secrets(environment, config, core)];
    const database = declareSystemDatabase(
      {
        name: names.object("story"),
        schema,
        files: (folder) => readStorySql(folder, names, schema),
        execute: { trigger_all_pending_jobs: ["authenticated", "service_role"] },
        triggerTable: () => "jobs",
      },
      { parent: this, dependsOn: secrets },
    );
    const functions = new EdgeFunctions(
      "functions",
      {
        root: packageRoot,
        url: environment.functionsUrl,
        functions: {
          "job-creator": { slug: names.object("job-creator") },
          "job-status": { slug: names.object("job-status") },
          "job-worker": { slug: names.object("job-worker"), verifyJwt: false },
        },
      },
      { parent: this, dependsOn: [...secrets, ...database] },
    );
    const queue = new JobQueue(
      names.object("story"),
      {
        table: { schema, name: "jobs" },
        resultColumn: "result",
        errorColumn: "error_message",
        attemptsColumn: "attempts",
        createdAtColumn: "created_at",
        startedAtColumn: "started_at",
        completedAtColumn: "completed_at",
        maxAttempts: config.maxAttempts,
        leaseSeconds: config.leaseSeconds,
        stuckAfterSeconds: config.stuckAfterSeconds,
        // The service that speaks stories wants a pause between two.
        rateLimits: [{ jobs: 1, seconds: 30, column: "job_type", value: "audio_generation" }],
        expectCore: core === undefined,
        wake: {
          url: functions.url("job-worker"),
          secret: names.secret("CRON_SECRET"),
          trigger: "on_job_insert",
          function: "trigger_job_worker",
        },
      },
      { parent: this, dependsOn: database },
    );
    if (config.pollEvery !== false) {
      new CronSchedule(
        names.object("job-worker-poll"),
        { every: config.pollEvery, call: { poll: queue } },
        { parent: this },
      );
    }
    if (config.stuckAlert) {
      const { webhookUrl = "", ...settings } = config.stuckAlert;
      new StuckJobAlert(
        names.object("story-stuck-jobs"),
        { ...settings, queue, url: environment.alertUrl ?? webhookUrl },
        { parent: this },
      );
    }
    // Not the parameters and the result: a client that hears of a change asks for the job.
    new PublicationTable(
      `${schema}.jobs`,
      { schema, table: "jobs", columns: ["id", "user_id", "job_type", "status", "updated_at"] },
      { parent: this, dependsOn: database },
    );
    this.registerOutputs();
  }

  #secrets(environment: Environment, config: StoryConfig, core: QueueCore | undefined): pulumi.Resource[] {
    const { secrets, generatorUrl, names } = environment;
    const opts = { parent: this, dependsOn: core?.ready ?? [] };
    return [
      new VaultSecret(
        "STORY_API_KEY_ENCRYPTION_KEY",
        {
          name: names.secret("STORY_API_KEY_ENCRYPTION_KEY"),
          value: secrets.apiKeyEncryptionKey,
          description: "Encrypts the API keys that users hand over with a job.",
        },
        opts,
      ),
      ...declareFunctionVariables(
        {
          GEMINI_BASE_URL: generatorUrl ?? config.generatorUrl,
          GEMINI_MODEL: config.generatorModel,
          STORY_SCHEMA: names.schema(config.schema),
        },
        names,
        opts,
      ),
    ];
  }
}
