/**
 * Who may execute a function of schema `jobstack`, beside its owner; a function that is not named here is for its owner
 * alone. `service_role` is the workers' role, `jobstack_exporter` the exporter's.
 */
export const executeGrants: Readonly<Record<string, readonly string[]>> = {
  await_job: ["service_role"],
  heartbeat: ["service_role"],
  metrics_queue: ["jobstack_exporter"],
  now: ["service_role", "jobstack_exporter"],
  poll: ["service_role"],
  progress: ["service_role"],
  sleep: ["service_role"],
  stay_awake: ["service_role"],
  step: ["service_role"],
  step_batch: ["service_role"],
  wake: ["service_role"],
};
