/** The package `jobstack`: the components that a program composes, and the provider's resources below them. */

export {
  CronSchedule,
  type CronScheduleArgs,
  type ScheduledCall,
  type Timing,
} from "./components/cron-schedule.ts";
export {
  type EdgeFunctionSettings,
  EdgeFunctions,
  type EdgeFunctionsArgs,
} from "./components/edge-functions.ts";
export type {
  BearerCall,
  CallOptions,
  FunctionCall,
  OpenCall,
  SignedCall,
} from "./components/function-call.ts";
export { Heartbeat, type HeartbeatArgs } from "./components/heartbeat.ts";
export { JobQueue, type JobQueueArgs } from "./components/job-queue.ts";
export { OnInsertTrigger, type OnInsertTriggerArgs } from "./components/on-insert-trigger.ts";
export { QueueCore, type QueueCoreArgs } from "./components/queue-core.ts";
export { StuckJobAlert, type StuckJobAlertArgs } from "./components/stuck-job-alert.ts";
export type { Webhook } from "./components/webhook.ts";
export * from "./provider/sdk.ts";
