import { readdirSync, readFileSync } from "node:fs";
import { expect, expectTypeOf, it } from "vitest";
import type { Resource } from "./kernel/resource.ts";
import type { cronJob } from "./resources/cron-job.ts";
import type { databaseWebhook } from "./resources/database-webhook.ts";
import type { edgeFunction } from "./resources/edge-function.ts";
import type { extension } from "./resources/extension.ts";
import type { functionSecret } from "./resources/function-secret.ts";
import type { migration } from "./resources/migration.ts";
import type { publicationTable } from "./resources/publication-table.ts";
import type { queue } from "./resources/queue.ts";
import type { role } from "./resources/role.ts";
import type { schema } from "./resources/schema.ts";
import type { secret } from "./resources/secret.ts";
import type { sqlFunction } from "./resources/sql-function.ts";
import type { storageBucket } from "./resources/storage-bucket.ts";
import type { trigger } from "./resources/trigger.ts";
import type { vaultSecret } from "./resources/vault-secret.ts";
import { resources } from "./resources.ts";
import * as sdk from "./sdk.ts";

it("has a class for each resource of the provider, and none for another", () => {
  const classes = Object.keys(sdk).filter((name) => name !== "Provider");
  expect(classes.sort()).toEqual(resources.map(({ kind }) => kind).sort());
});

it("deletes first in every replacement, whoever asks for it", () => {
  const folder = new URL("sdk/", import.meta.url);
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
  const classes = sources.filter((source) => source.includes("extends pulumi.CustomResource"));
  expect(classes).toHaveLength(resources.length);
  for (const source of classes) expect(source).toContain("deleteFirst(opts)");
});

/** Checked by the compiler: an input that only one side knows does not compile. */
it("takes exactly the inputs that the provider takes", () => {
  type InputsOf<R> = R extends Resource<infer I, infer _F> ? keyof I : never;
  expectTypeOf<keyof sdk.CronJobArgs>().toEqualTypeOf<InputsOf<typeof cronJob>>();
  expectTypeOf<keyof sdk.DatabaseWebhookArgs>().toEqualTypeOf<InputsOf<typeof databaseWebhook>>();
  expectTypeOf<keyof sdk.EdgeFunctionArgs | "sources">().toEqualTypeOf<InputsOf<typeof edgeFunction>>();
  expectTypeOf<keyof sdk.ExtensionArgs>().toEqualTypeOf<InputsOf<typeof extension>>();
  expectTypeOf<keyof sdk.FunctionSecretArgs>().toEqualTypeOf<InputsOf<typeof functionSecret>>();
  expectTypeOf<keyof sdk.MigrationArgs>().toEqualTypeOf<InputsOf<typeof migration>>();
  expectTypeOf<keyof sdk.PublicationTableArgs>().toEqualTypeOf<InputsOf<typeof publicationTable>>();
  expectTypeOf<keyof sdk.QueueArgs>().toEqualTypeOf<InputsOf<typeof queue>>();
  expectTypeOf<keyof sdk.RoleArgs>().toEqualTypeOf<InputsOf<typeof role>>();
  expectTypeOf<keyof sdk.SchemaArgs>().toEqualTypeOf<InputsOf<typeof schema>>();
  expectTypeOf<keyof sdk.SecretArgs>().toEqualTypeOf<InputsOf<typeof secret>>();
  expectTypeOf<keyof sdk.SqlFunctionArgs>().toEqualTypeOf<InputsOf<typeof sqlFunction>>();
  expectTypeOf<keyof sdk.StorageBucketArgs>().toEqualTypeOf<InputsOf<typeof storageBucket>>();
  expectTypeOf<keyof sdk.TriggerArgs>().toEqualTypeOf<InputsOf<typeof trigger>>();
  expectTypeOf<keyof sdk.VaultSecretArgs>().toEqualTypeOf<InputsOf<typeof vaultSecret>>();
});
