import * as pulumi from "@pulumi/pulumi";
import { readFlashcardsSql, uploadTrigger } from "../../sql/flashcards/read-flashcards-sql.ts";
import type { EnvironmentNames } from "../../supabase/functions/_shared/environment-names.ts";
import { CronSchedule } from "../components/cron-schedule.ts";
import { EdgeFunctions } from "../components/edge-functions.ts";
import { declareFunctionVariables } from "../components/function-variables.ts";
import { JobQueue } from "../components/job-queue.ts";
import type { QueueCore } from "../components/queue-core.ts";
import { StuckJobAlert } from "../components/stuck-job-alert.ts";
import { declareSystemDatabase } from "../components/system-database.ts";
import type { FlashcardsConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import { packageRoot } from "../package-root.ts";
import { StorageBucket, Trigger } from "../provider/sdk.ts";
import type { SystemArgs } from "./system-args.ts";

/** Files that users upload and an Edge Function makes flashcards of: a bucket, a queue, a schedule and an alert. */
export class Flashcards extends pulumi.ComponentResource {
  constructor(name: string, args: SystemArgs<FlashcardsConfig>, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:system:Flashcards", name, {}, opts);
    const { environment, config, core, cronSecret } = args;
    const { names } = environment;
    const schema = names.schema(config.schema);
    const secrets = [cronSecret, ...this.#secrets(environment, config, core)];
    const database = [
      ...this.#buckets(names),
      ...declareSystemDatabase(
        {
          name: names.object("flashcards"),
          schema,
          files: (folder) => readFlashcardsSql(folder, names, schema),
          triggerTable: (trigger) => (trigger === "note_cards_thumbnails" ? "cards" : "jobs"),
        },
        { parent: this, dependsOn: secrets },
      ),
    ];
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
    return declareFunctionVariables(values, names, { parent: this, dependsOn: core?.ready ?? [] });
  }

  #buckets(names: EnvironmentNames): pulumi.Resource[] {
    return [
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
  }
}
