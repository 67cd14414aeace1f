import { expect, it } from "vitest";
import { Heartbeat } from "./heartbeat.ts";
import { heartbeatCommand } from "./heartbeat-command.ts";
import { QueueCore } from "./queue-core.ts";
import { declare, inputsOf } from "./testing/declare.ts";

const declareHeartbeat = (address: { url: string } | { urlSecret: string }, every?: string) =>
  declare(() => {
    const core = new QueueCore("core", { exporterPassword: "canary" });
    new Heartbeat("alive", { core, ...address, ...(every === undefined ? {} : { every }) });
  }, false);

it("sends every minute unless told otherwise, to an address that Vault holds", async () => {
  const declared = await declareHeartbeat({ urlSecret: "HEARTBEAT_URL" });
  expect(inputsOf(declared, "CronJob", "alive")).toEqual({
    name: "alive",
    every: "1 minute",
    command: "select jobstack.send_heartbeat(p_name => 'alive', p_url_secret => 'HEARTBEAT_URL')",
  });
  const slower = await declareHeartbeat({ url: "https://example.com/alive" }, "5 minutes");
  expect(inputsOf(slower, "CronJob", "alive")).toMatchObject({
    every: "5 minutes",
    command: "select jobstack.send_heartbeat(p_name => 'alive', p_url => 'https://example.com/alive')",
  });
});

it("refuses what is no address", () => {
  expect(() => heartbeatCommand({ name: "alive", url: "example.com" })).toThrow(
    'heartbeat "alive": its url "example.com" is no address; write https://...',
  );
});
