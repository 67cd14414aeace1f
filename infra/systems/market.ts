import * as pulumi from "@pulumi/pulumi";
import { inMarket, readMarketSql } from "../../sql/market/read-market-sql.ts";
import type { EnvironmentNames } from "../../supabase/functions/_shared/environment-names.ts";
import { CronSchedule } from "../components/cron-schedule.ts";
import { EdgeFunctions } from "../components/edge-functions.ts";
import { declareFunctionVariables } from "../components/function-variables.ts";
import { JobQueue } from "../components/job-queue.ts";
import { declareSystemDatabase } from "../components/system-database.ts";
import type { MarketConfig } from "../config.ts";
import { packageRoot } from "../package-root.ts";
import type { SystemArgs } from "./system-args.ts";

/** Functions that the application's server may call. */
const forTheServer = [
  "process_next_queue_order",
  "process_all_pending_orders",
  "refresh_issuer_stats_cache",
  "record_hourly_prices",
];

/** Orders that are processed the moment they are placed, and the market's statistics, candles and upkeep by pg_cron. */
export class Market extends pulumi.ComponentResource {
  constructor(name: string, args: SystemArgs<MarketConfig>, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:system:Market", name, {}, opts);
    const { environment, config, core, cronSecret } = args;
    const { names } = environment;
    const schema = names.schema(config.schema);
    const ready = [cronSecret, ...(core?.ready ?? [])];
    const database = declareSystemDatabase(
      {
        name: names.object("market"),
        schema,
        files: (folder) => readMarketSql(folder, names, schema),
        execute: Object.fromEntries(forTheServer.map((name) => [name, ["service_role"]])),
      },
      { parent: this, dependsOn: ready },
    );
    const variables = declareFunctionVariables({ MARKET_SCHEMA: schema }, names, {
      parent: this,
      dependsOn: ready,
    });
    const functions = new EdgeFunctions(
      "functions",
      {
        root: packageRoot,
        url: environment.functionsUrl,
        functions: { "process-queue": { slug: names.object("process-queue"), verifyJwt: false } },
      },
      { parent: this, dependsOn: [...variables, ...database] },
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
