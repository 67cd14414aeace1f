import { expect, it } from "vitest";
import { QueueCore } from "./queue-core.ts";
import { declare, inputsOf } from "./testing/declare.ts";

it.each([true, false])(
  "declares the tick, and the exporter's role with a secret password (preview: %s)",
  async (preview) => {
    const declared = await declare(() => {
      new QueueCore("core", { exporterPassword: "canary" });
    }, preview);
    expect(inputsOf(declared, "CronJob", "jobstack-tick")).toMatchObject({
      every: "10 seconds",
      command: "select jobstack.tick()",
    });
    expect(inputsOf(declared, "SqlFunction", "jobstack.call_function").execute).toEqual([]);
    expect(inputsOf(declared, "SqlFunction", "jobstack.step").execute).toEqual(["service_role"]);
    const inClear = JSON.stringify(declared, (_, value) => (isSecret(value) ? "[secret]" : value));
    expect(JSON.stringify(declared)).toContain("canary");
    expect(inClear).not.toContain("canary");
  },
);

/** How the engine marks a secret in a resource's properties. */
function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}
