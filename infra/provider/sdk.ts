/** What a Pulumi program imports: one class per resource of the provider `jobstack`. */
export { CronJob, type CronJobArgs } from "./sdk/cron-job.ts";
export {
  DatabaseWebhook,
  type DatabaseWebhookArgs,
  type WebhookSecretHeader,
  type WebhookSignature,
} from "./sdk/database-webhook.ts";
export { EdgeFunction, type EdgeFunctionArgs } from "./sdk/edge-function.ts";
export { Extension, type ExtensionArgs } from "./sdk/extension.ts";
export { FunctionSecret, type FunctionSecretArgs } from "./sdk/function-secret.ts";
export { Migration, type MigrationArgs, type MigrationFile } from "./sdk/migration.ts";
export { Provider, type ProviderArgs } from "./sdk/provider.ts";
export { PublicationTable, type PublicationTableArgs } from "./sdk/publication-table.ts";
export { Queue, type QueueArgs, type QueueStatuses, type RateLimit } from "./sdk/queue.ts";
export { Role, type RoleArgs, type RoleGrant } from "./sdk/role.ts";
export { Schema, type SchemaArgs } from "./sdk/schema.ts";
export { Secret, type SecretArgs } from "./sdk/secret.ts";
export { SqlFunction, type SqlFunctionArgs } from "./sdk/sql-function.ts";
export { StorageBucket, type StorageBucketArgs } from "./sdk/storage-bucket.ts";
export { Trigger, type TriggerArgs } from "./sdk/trigger.ts";
export { VaultSecret, type VaultSecretArgs } from "./sdk/vault-secret.ts";
