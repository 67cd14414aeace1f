import * as pulumi from "@pulumi/pulumi";
import { executeGrants } from "../../sql/jobstack/grants.ts";
import { isMetricsFunction } from "../../sql/metrics/grants.ts";
import { CronJob, Extension, Migration, Role, Schema, type SqlFunction } from "../provider/sdk.ts";
import { readSqlFolder } from "../sql/sql-files.ts";
import { declareSqlFunctions } from "./sql-functions.ts";

export interface QueueCoreArgs {
  /** Password of the login role `jobstack_exporter`. */
  exporterPassword: pulumi.Input<string>;
}

/** What every queue needs once in a database: extensions, schema `jobstack`, the tick, and the exporter's role. */
export class QueueCore extends pulumi.ComponentResource {
  /** What a queue's own resources must wait for. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: QueueCoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:QueueCore", name, {}, opts);
    const extensions = this.#extensions();
    const exporter = this.#exporterRole(args.exporterPassword);
    const schema = new Schema(
      "jobstack",
      { name: "jobstack", usage: ["service_role", "jobstack_exporter"] },
      { parent: this, dependsOn: exporter },
    );
    const functions = this.#functions([...extensions, schema]);
    const tick = new CronJob(
      "jobstack-tick",
      { name: "jobstack-tick", every: "10 seconds", command: "select jobstack.tick()" },
      { parent: this, dependsOn: functions },
    );
    this.ready = [...extensions, ...functions, tick];
    this.registerOutputs();
  }

  #extensions(): Extension[] {
    return [
      { name: "pgcrypto", schema: "extensions" },
      { name: "pg_cron" },
      { name: "pg_net", schema: "extensions" },
      { name: "supabase_vault", schema: "vault" },
    ].map((args) => new Extension(args.name, args, { parent: this }));
  }

  #exporterRole(password: pulumi.Input<string>): Role {
    return new Role(
      "jobstack_exporter",
      {
        name: "jobstack_exporter",
        login: true,
        password,
        connectionLimit: 3,
        settings: {
          statement_timeout: "5s",
          lock_timeout: "500ms",
          idle_in_transaction_session_timeout: "10s",
        },
      },
      { parent: this },
    );
  }

  #functions(dependsOn: pulumi.Resource[]): SqlFunction[] {
    const tables = new Migration(
      "jobstack",
      { name: "jobstack", files: readSqlFolder("jobstack/migrations") },
      { parent: this, dependsOn },
    );
    const metricsTables = new Migration(
      "jobstack-metrics",
      { name: "jobstack-metrics", files: readSqlFolder("metrics/migrations") },
      { parent: this, dependsOn: [...dependsOn, tables] },
    );
    const metrics = readSqlFolder("metrics/functions");
    const core = readSqlFolder("jobstack/functions");
    const readers = metrics
      .filter(({ name }) => isMetricsFunction(name))
      .map(({ name }) => [name, ["jobstack_exporter"]]);
    return declareSqlFunctions(
      {
        schema: "jobstack",
        files: [...core, ...metrics],
        execute: { ...executeGrants, ...Object.fromEntries(readers) },
      },
      { parent: this, dependsOn: [tables, metricsTables] },
    );
  }
}
