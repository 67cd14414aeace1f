import { execaSync } from "execa";

/**
 * Whether tests with one of Prometheus' tools must be skipped on this machine, which is said once. In CI none is
 * skipped: there a missing tool fails the test.
 */
export function isMissing(tool: "promtool" | "amtool"): boolean {
  const { failed } = execaSync(tool, ["--version"], { reject: false });
  if (!failed || process.env.CI === "true") return false;
  console.warn(
    `${tool} is not installed: its tests are skipped; install Prometheus and Alertmanager to run them`,
  );
  return true;
}
