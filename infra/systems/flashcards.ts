import * as pulumi from "@pulumi/pulumi";
import { readFlashcardsSql, uploadTrigger } from "../../sql/flashcards/read-flashcards-sql.ts";
import { CronSchedule } from "../components/cron-schedule.ts";
import { EdgeFunctions } from "../components/edge-functions.ts";
import { JobQueue } from "../components/job-queue.ts";
import type { QueueCore } from "../components/queue-core.ts";
import { declareSqlFunctions } from "../components/sql-functions.ts";
import { StuckJobAlert } from "../components/stuck-job-alert.ts";
import { declareSystemSchema } from "../components/system-schema.ts";
import type { FlashcardsConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import { packageRoot } from "../package-root.ts";
import { FunctionSecret, Migration, type Secret, StorageBucket, Trigger } from "../provider/sdk.ts";

export interface FlashcardsArgs {
  environment: Environment;
  config: FlashcardsConfig;
  /** Undefined where another stack deploys it. */
  core: QueueCore | undefined;
  /** What callers of the workers present. */
  cronSecret: Secret;
}

/** Files that users upload and an Edge Function makes flashcards of: a bucket, a queue, a schedule and an alert. */
export class Flashcards extends pulumi.ComponentResource {
  constructor(name: string, args: FlashcardsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:system:Flashcards", name, {}, opts);
    const { environment, config, core, cronSecret } = args;
    const { names } = environment;
    const schema = names.schema(config.schema);
    const secrets = [cronSecret, ...this.#secrets(environment, config, core)];
    const database = this.#database(environment, schema, secrets);
    const functions = new EdgeFunctions(
      "functions",
      {
        root: packageRoot,
        url: environment.functionsUrl,
        functions: {
          "cron-tick": { slug: names.object("cron-tick"), verifyJwt: false },
          "worker-pull": { slug: names.object("worker-pull"), verifyJwt: false },
        },
      },
      { parent: this, dependsOn: [...secrets, ...database] },
    );
    const queue = new JobQueue(
      names.object("flashcards"),
      {
        table: { schema, name: "jobs" },
        statuses: { pending: "queued", processing: "processing", completed: "done", failed: "failed" },
        resultColumn: "result",
        errorColumn: "error_message",
        attemptsColumn: "attempts",
        createdAtColumn: "created_at",
        startedAtColumn: "started_at",
        completedAtColumn: "completed_at",
        maxAttempts: config.maxAttempts,
        leaseSeconds: config.leaseSeconds,
        stuckAfterSeconds: config.stuckAfterSeconds,
        expectCore: core === undefined,
        wake: {
          url: functions.url("worker-pull"),
          secret: names.secret("CRON_SECRET"),
          trigger: "on_job_insert",
          function: "trigger_worker_pull",
        },
      },
      { parent: this, dependsOn: database },
    );
    const upload = uploadTrigger(names, schema);
    new Trigger(
      `storage.objects.${upload.name}`,
      { schema: "storage", table: "objects", name: upload.name, definition: upload.sql },
      { parent: this, dependsOn: queue.ready },
    );
    new CronSchedule(
      names.object("process-flashcard-jobs"),
      {
        schedule: config.schedule,
        call: functions.call("cron-tick", {
          secret: names.secret("CRON_SECRET"),
          body: { iterations: config.iterations, delay: config.delayMs },
        }),
      },
      { parent: this, dependsOn: queue.ready },
    );
    if (config.stuckAlert) {
      const { webhookUrl = "", ...settings } = config.stuckAlert;
      new StuckJobAlert(
        names.object("alert-stuck-jobs"),
        { ...settings, queue, url: environment.alertUrl ?? webhookUrl },
        { parent: this },
      );
    }
    this.registerOutputs();
  }

  #secrets(
    { generatorUrl, generatorApiKey, names }: Environment,
    config: FlashcardsConfig,
    core: QueueCore | undefined,
  ): pulumi.Resource[] {
    const values: Record<string, pulumi.Input<string>> = {
      FLASHCARDS_SCHEMA: names.schema(config.schema),
      FLASHCARDS_GENERATOR_URL: generatorUrl ?? config.generatorUrl,
      FLASHCARDS_GENERATOR_MODEL: config.generatorModel,
      ...(generatorApiKey && { FLASHCARDS_GENERATOR_KEY: generatorApiKey }),
    };
    const opts = { parent: this, dependsOn: core?.ready ?? [] };
    return Object.entries(values).map(
      ([name, value]) => new FunctionSecret(name, { name: names.secret(name), value }, opts),
    );
  }

  /** Buckets, tables, functions and row triggers; each file of `sql/flashcards` is one object. */
  #database({ names }: Environment, schema: string, secrets: pulumi.Resource[]): pulumi.Resource[] {
    const files = (folder: string) => readFlashcardsSql(folder, names, schema);
    const buckets = [
      new StorageBucket(
        names.object("ingest"),
        {
          name: names.object("ingest"),
          fileSizeLimit: 20 * 1024 * 1024,
          allowedMimeTypes: ["image/*", "video/*", "application/pdf"],
        },
        { parent: this },
      ),
      new StorageBucket(
        names.object("thumbnails"),
        { name: names.object("thumbnails"), fileSizeLimit: 1024 * 1024, allowedMimeTypes: ["image/jpeg"] },
        { parent: this },
      ),
    ];
    const home = declareSystemSchema(schema, { parent: this, dependsOn: secrets });
    const tables = new Migration(
      names.object("flashcards"),
      { name: names.object("flashcards"), files: files("migrations") },
      { parent: this, dependsOn: home },
    );
    const functions = declareSqlFunctions(
      { schema, files: files("functions") },
      { parent: this, dependsOn: tables },
    );
    const triggers = files("triggers").map(
      ({ name, sql }) =>
        new Trigger(
          `${schema}.jobs.${name}`,
          { schema, table: "jobs", name, definition: sql },
          { parent: this, dependsOn: functions },
        ),
    );
    return [...buckets, tables, ...functions, ...triggers];
  }
}
