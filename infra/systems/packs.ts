import * as pulumi from "@pulumi/pulumi";
import { readPacksSql } from "../../sql/packs/read-packs-sql.ts";
import { CronSchedule } from "../components/cron-schedule.ts";
import { EdgeFunctions } from "../components/edge-functions.ts";
import { declareFunctionVariables } from "../components/function-variables.ts";
import { JobQueue } from "../components/job-queue.ts";
import { declareSystemDatabase } from "../components/system-database.ts";
import type { PacksConfig } from "../config.ts";
import { packageRoot } from "../package-root.ts";
import { PublicationTable } from "../provider/sdk.ts";
import type { SystemArgs } from "./system-args.ts";

/** The tables that the row and statement triggers of `sql/packs` stand on. */
const triggerTables: Readonly<Record<string, string>> = {
  hold_pack: "job_queue",
  follow_cancelled_pack: "job_queue",
  follow_images: "job_queue",
  follow_removed_images: "pack_image",
};

/** Packs of images that the application makes in the background: a queue that users see change as it does. */
export class Packs extends pulumi.ComponentResource {
  constructor(name: string, args: SystemArgs<PacksConfig>, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:system:Packs", name, {}, opts);
    const { environment, config, core, cronSecret } = args;
    const { names } = environment;
    const schema = names.schema(config.schema);
    const variables = declareFunctionVariables(
      { NEXT_PUBLIC_APP_URL: environment.appUrl ?? "", PACKS_SCHEMA: schema },
      names,
      { parent: this, dependsOn: core?.ready ?? [] },
    );
    const secrets = [cronSecret, ...variables];
    const database = declareSystemDatabase(
      {
        name: names.object("packs"),
        schema,
        files: (folder) => readPacksSql(folder, schema),
        execute: { cancel_pack: ["service_role"] },
        triggerTable: (trigger) => triggerTables[trigger] ?? "",
      },
      { parent: this, dependsOn: secrets },
    );
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
}
