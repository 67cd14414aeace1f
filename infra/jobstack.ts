/** The package `jobstack`: the components that a program composes, and the provider's resources below them. */

export { CronSchedule, type CronScheduleArgs } from "./components/cron-schedule.ts";
export { JobQueue, type JobQueueArgs } from "./components/job-queue.ts";
export { OnInsertTrigger, type OnInsertTriggerArgs } from "./components/on-insert-trigger.ts";
export { QueueCore, type QueueCoreArgs } from "./components/queue-core.ts";
export { Secret, type SecretArgs } from "./components/secret.ts";
export * from "./provider/sdk.ts";
