import * as pulumi from "@pulumi/pulumi";
import { readPacksSql } from "../../sql/packs/read-packs-sql.ts";
import { CronSchedule } from "../components/cron-schedule.ts";
import { EdgeFunctions } from "../components/edge-functions.ts";
import { JobQueue } from "../components/job-queue.ts";
import type { QueueCore } from "../components/queue-core.ts";
import { declareSqlFunctions } from "../components/sql-functions.ts";
import { declareSystemSchema } from "../components/system-schema.ts";
import type { PacksConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import { packageRoot } from "../package-root.ts";
import { FunctionSecret, Migration, PublicationTable, type Secret, Trigger } from "../provider/sdk.ts";

export interface PacksArgs {
  environment: Environment;
  config: PacksConfig;
  /** Undefined where another stack deploys it. */
  core: QueueCore | undefined;
  /** What callers of the worker present. */
  cronSecret: Secret;
}

/** The tables that the row and statement triggers of `sql/packs` stand on. */
const triggerTables: Readonly<Record<string, string>> = {
  hold_pack: "job_queue",
  follow_images: "job_queue",
  follow_removed_images: "pack_image",
};

/** Packs of images that the application makes in the background: a queue that users see change as it does. */
export class Packs extends pulumi.ComponentResource {
  constructor(name: string, args: PacksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:system:Packs", name, {}, opts);
    const { environment, config, core, cronSecret } = args;
    const { names } = environment;
    const schema = names.schema(config.schema);
    const secrets = [cronSecret, ...this.#secrets(environment, schema, core)];
    const database = this.#database(names.object("packs"), schema, secrets);
    const functions = new EdgeFunctions(
      "functions",
      {
        root: packageRoot,
        url: environment.functionsUrl,
        functions: { "process-jobs": { slug: names.object("process-jobs"), verifyJwt: false } },
      },
      { parent: this, dependsOn: [...secrets, ...database] },
    );
    const queue = new JobQueue(
      names.object("packs"),
      {
        table: { schema, name: "job_queue" },
        errorColumn: "error_message",
        retriesColumn: "retry_count",
        maxRetriesColumn: "max_retries",
        createdAtColumn: "created_at",
        startedAtColumn: "processed_at",
        completedAtColumn: "completed_at",
        leaseSeconds: config.leaseSeconds,
        stuckAfterSeconds: config.stuckAfterSeconds,
        expectCore: core === undefined,
        wake: {
          url: functions.url("process-jobs"),
          secret: names.secret("CRON_SECRET"),
          trigger: "on_job_queue_insert",
          function: "trigger_process_jobs",
        },
      },
      { parent: this, dependsOn: database },
    );
    new CronSchedule(
      names.object("process-jobs"),
      { every: config.pollEvery, call: { poll: queue } },
      { parent: this },
    );
    new PublicationTable(
      `${schema}.job_queue`,
      { schema, table: "job_queue" },
      { parent: this, dependsOn: database },
    );
    this.registerOutputs();
  }

  #secrets({ names, appUrl }: Environment, schema: string, core: QueueCore | undefined): pulumi.Resource[] {
    const opts = { parent: this, dependsOn: core?.ready ?? [] };
    return [
      new FunctionSecret(
        "NEXT_PUBLIC_APP_URL",
        { name: names.secret("NEXT_PUBLIC_APP_URL"), value: appUrl ?? "" },
        opts,
      ),
      new FunctionSecret("PACKS_SCHEMA", { name: names.secret("PACKS_SCHEMA"), value: schema }, opts),
    ];
  }

  /** Tables, functions and triggers; each file of `sql/packs` is one object, or one migration. */
  #database(name: string, schema: string, secrets: pulumi.Resource[]): pulumi.Resource[] {
    const home = declareSystemSchema(schema, { parent: this, dependsOn: secrets });
    const tables = new Migration(
      name,
      { name, files: readPacksSql("migrations", schema) },
      { parent: this, dependsOn: home },
    );
    const functions = declareSqlFunctions(
      { schema, files: readPacksSql("functions", schema) },
      { parent: this, dependsOn: tables },
    );
    const triggers = readPacksSql("triggers", schema).map(({ name: trigger, sql }) => {
      const table = triggerTables[trigger] ?? "";
      return new Trigger(
        `${schema}.${table}.${trigger}`,
        { schema, table, name: trigger, definition: sql },
        { parent: this, dependsOn: functions },
      );
    });
    return [tables, ...functions, ...triggers];
  }
}
