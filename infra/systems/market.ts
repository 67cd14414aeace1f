import * as pulumi from "@pulumi/pulumi";
import { inMarket, readMarketSql } from "../../sql/market/read-market-sql.ts";
import type { EnvironmentNames } from "../../supabase/functions/_shared/environment-names.ts";
import { CronSchedule } from "../components/cron-schedule.ts";
import { EdgeFunctions } from "../components/edge-functions.ts";
import { JobQueue } from "../components/job-queue.ts";
import type { QueueCore } from "../components/queue-core.ts";
import { declareSqlFunctions } from "../components/sql-functions.ts";
import { declareSystemSchema } from "../components/system-schema.ts";
import type { MarketConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import { packageRoot } from "../package-root.ts";
import { FunctionSecret, Migration, type Secret } from "../provider/sdk.ts";

export interface MarketArgs {
  environment: Environment;
  config: MarketConfig;
  /** Undefined where another stack deploys it. */
  core: QueueCore | undefined;
  /** What callers of the workers present. */
  cronSecret: Secret;
}

/** Orders that are processed the moment they are placed, and the market's statistics, candles and upkeep by pg_cron. */
export class Market extends pulumi.ComponentResource {
  constructor(name: string, args: MarketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:system:Market", name, {}, opts);
    const { environment, config, core, cronSecret } = args;
    const { names } = environment;
    const schema = names.schema(config.schema);
    const ready = [cronSecret, ...(core?.ready ?? [])];
    const database = this.#database(names, schema, ready);
    const schemaSecret = new FunctionSecret(
      "MARKET_SCHEMA",
      { name: names.secret("MARKET_SCHEMA"), value: schema },
      { parent: this, dependsOn: ready },
    );
    const functions = new EdgeFunctions(
      "functions",
      {
        root: packageRoot,
        url: environment.functionsUrl,
        functions: { "process-queue": { slug: names.object("process-queue"), verifyJwt: false } },
      },
      { parent: this, dependsOn: [schemaSecret, ...database] },
    );
    new JobQueue(
      names.object("market"),
      {
        kind: "observed",
        table: { schema, name: "queue" },
        createdAtColumn: "date",
        completedAtColumn: "processed_at",
        // An order is processed within one transaction: nobody ever sees one being processed.
        statuses: { pending: "pending", completed: "completed", failed: "failed" },
        stuckAfterSeconds: config.stuckAfterSeconds,
        expectCore: core === undefined,
        wake: {
          url: functions.url("process-queue"),
          secret: names.secret("CRON_SECRET"),
          trigger: "process-queue-webhook",
          function: "trigger_process_queue",
        },
      },
      { parent: this, dependsOn: database },
    );
    this.#schedules(names, schema, config, database);
    this.registerOutputs();
  }

  /** Tables and functions; each file of `sql/market` is one object, but for the tables. */
  #database(names: EnvironmentNames, schema: string, ready: pulumi.Resource[]): pulumi.Resource[] {
    const files = (folder: string) => readMarketSql(folder, names, schema);
    const tables = new Migration(
      names.object("market"),
      { name: names.object("market"), files: files("migrations") },
      { parent: this, dependsOn: declareSystemSchema(schema, { parent: this, dependsOn: ready }) },
    );
    const forTheServer = [
      "process_next_queue_order",
      "process_all_pending_orders",
      "refresh_issuer_stats_cache",
      "record_hourly_prices",
    ];
    const functions = declareSqlFunctions(
      {
        schema,
        files: files("functions"),
        execute: Object.fromEntries(forTheServer.map((name) => [name, ["service_role"]])),
      },
      { parent: this, dependsOn: tables },
    );
    return [tables, ...functions];
  }

  #schedules(
    names: EnvironmentNames,
    schema: string,
    { keepOrdersDays }: MarketConfig,
    dependsOn: pulumi.Resource[],
  ): void {
    const schedules = {
      "refresh-issuer-stats-cache": {
        every: "5 minutes",
        sql: "select public.refresh_issuer_stats_cache()",
      },
      "hourly-price-snapshot": { schedule: "0 * * * *", sql: "select public.record_hourly_prices()" },
      "cleanup-old-queue-entries": {
        schedule: "0 3 * * *",
        sql: `call public.cleanup_old_queue_entries('${keepOrdersDays} days')`,
      },
    };
    for (const [name, { sql, ...timing }] of Object.entries(schedules)) {
      const call = { sql: inMarket(sql, names, schema) };
      new CronSchedule(names.object(name), { ...timing, call }, { parent: this, dependsOn });
    }
  }
}
