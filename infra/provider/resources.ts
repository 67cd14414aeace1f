import type { Resource } from "./kernel/resource.ts";
import { cronJob } from "./resources/cron-job.ts";
import { databaseWebhook } from "./resources/database-webhook.ts";
import { edgeFunction } from "./resources/edge-function.ts";
import { extension } from "./resources/extension.ts";
import { functionSecret } from "./resources/function-secret.ts";
import { migration } from "./resources/migration.ts";
import { publicationTable } from "./resources/publication-table.ts";
import { queue } from "./resources/queue.ts";
import { role } from "./resources/role.ts";
import { schema } from "./resources/schema.ts";
import { secret } from "./resources/secret.ts";
import { sqlFunction } from "./resources/sql-function.ts";
import { storageBucket } from "./resources/storage-bucket.ts";
import { trigger } from "./resources/trigger.ts";
import { vaultSecret } from "./resources/vault-secret.ts";

/** Every resource of the provider. Its type token is `jobstack:index:<kind>`. */
export const resources: readonly Resource[] = [
  cronJob,
  databaseWebhook,
  edgeFunction,
  extension,
  functionSecret,
  migration,
  publicationTable,
  queue,
  role,
  schema,
  secret,
  sqlFunction,
  storageBucket,
  trigger,
  vaultSecret,
];
