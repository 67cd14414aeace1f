import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import {
  CronJob,
  Migration,
  Provider,
  Schema,
  SqlFunction,
  Trigger,
  VaultSecret,
} from "../../infra/provider/sdk.ts";
import { DynamicCronJob } from "./dynamic-cron-job.ts";

export type Workload = (count: number, databaseUrl: string) => Promise<void>;

/** What a system consists of, over and over: functions, triggers, schedules and secrets on one table. */
export async function mixed(count: number, databaseUrl: string): Promise<void> {
  const provider = new Provider("project", { databaseUrl });
  const schema = new Schema("work", { name: "work" }, { provider });
  const table = new Migration(
    "tables",
    {
      name: "work",
      files: [{ name: "001.sql", sql: "create table work.job (id bigint primary key, status text);" }],
    },
    { provider, dependsOn: schema },
  );
  const opts = { provider, dependsOn: table };
  let last: SqlFunction | undefined;
  for (let index = 2; index < count; index++) {
    const name = `object_${index}`;
    const make = [makeFunction, makeCronJob, makeSecret, makeTrigger][(index - 2) % 4];
    const made = make?.(name, opts, last);
    if (made instanceof SqlFunction) last = made;
  }
}

/** The same cron jobs through our provider ... */
export async function cronJobs(count: number, databaseUrl: string): Promise<void> {
  const provider = new Provider("project", { databaseUrl });
  for (const name of names(count)) makeCronJob(name, { provider });
}

/** ... and through a dynamic provider, as people write one. */
export async function dynamicCronJobs(count: number, databaseUrl: string): Promise<void> {
  for (const name of names(count)) {
    new DynamicCronJob(name, {
      databaseUrl: pulumi.secret(databaseUrl),
      name,
      schedule: "*/5 * * * *",
      command: "select 1",
    });
  }
}

/** As many resources of a provider that does nothing: what remains is the engine and the SDK. */
export async function echoes(count: number): Promise<void> {
  const provider = new EchoProvider("echo");
  const first = new Echo("first", { value: "first" }, { provider });
  for (const name of names(count - 1)) {
    new Echo(name, { name, value: `select '${name}'`.repeat(3) }, { provider, dependsOn: first });
  }
}

class EchoProvider extends pulumi.ProviderResource {
  constructor(name: string) {
    super("echo", name, {});
  }
}

class Echo extends pulumi.CustomResource {
  constructor(name: string, args: pulumi.Inputs, opts: CustomResourceOptions) {
    super("echo:index:Echo", name, args, opts);
  }
}

function makeFunction(name: string, opts: CustomResourceOptions): SqlFunction {
  const definition = `create or replace function work.${name}() returns trigger language plpgsql as $$ begin return null; end $$`;
  return new SqlFunction(name, { schema: "work", name, definition, execute: [] }, opts);
}

function makeCronJob(name: string, opts: CustomResourceOptions): CronJob {
  return new CronJob(name, { name, schedule: "*/5 * * * *", command: "select 1" }, opts);
}

function makeSecret(name: string, opts: CustomResourceOptions): VaultSecret {
  return new VaultSecret(name, { name, value: `value of ${name}`, description: "benchmark" }, opts);
}

function makeTrigger(name: string, opts: CustomResourceOptions, body: SqlFunction | undefined): Trigger {
  const definition = `create trigger ${name} after insert on work.job for each statement execute function work.${body === undefined ? "" : "object_2"}()`;
  return new Trigger(
    name,
    { schema: "work", table: "job", name, definition },
    { ...opts, ...(body && { dependsOn: body }) },
  );
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `object_${index}`);
}
