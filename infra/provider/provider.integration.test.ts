import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProviderClient } from "./testing/provider-client.ts";
import { type ProviderProcess, startProvider } from "./testing/provider-process.ts";

const databaseUrl = "postgresql://deployer:canary-db-password@127.0.0.1:1/postgres";

describe("the provider process", () => {
  let running: ProviderProcess;
  let client: ProviderClient;
  beforeAll(async () => {
    running = await startProvider();
    client = new ProviderClient(running);
  });
  afterAll(async () => {
    await client.stop();
  });

  it("prints its port and nothing else, in whatever folder it is started", async () => {
    const executable = new URL("bin/pulumi-resource-jobstack", import.meta.url);
    const child = execa(executable, { cwd: "/", reject: false });
    const [port] = await firstLines(child.stdout, 1);
    child.kill("SIGKILL");
    expect((await child).stdout).toBe(port);
    expect(port).toMatch(/^\d+$/);
  });

  it("ends when the engine that started it is killed", async () => {
    const executable = fileURLToPath(new URL("bin/pulumi-resource-jobstack", import.meta.url));
    const engine = execa("sh", ["-c", `"${executable}" & echo "pid $!"; wait`], { reject: false });
    const lines = await firstLines(engine.stdout, 2);
    const pid = Number(lines.find((line) => line.startsWith("pid "))?.slice(4));
    engine.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 20_000, interval: 100 }).toBe(false);
  });

  it("tells nothing of what it held when something unexpected ends it", async () => {
    const executable = fileURLToPath(new URL("bin/pulumi-resource-jobstack", import.meta.url));
    // Joined there, because where a stack trace leads is this text itself.
    const fault = `process.on("SIGUSR2", () => {
      const secret = "can" + "ary";
      throw Object.assign(new TypeError(secret), { detail: secret });
    })`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(fault)}`;
    const child = execa(executable, { env: { NODE_OPTIONS }, reject: false });
    await firstLines(child.stdout, 1);
    child.kill("SIGUSR2");
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^provider jobstack: ended by an unexpected TypeError; deploy again, .*\n {4}at /);
    expect(stderr).not.toContain("canary");
  });

  it("reports all mistakes in its settings at once", async () => {
    const { failures } = await client.checkConfig({
      databaseUrl: "nowhere",
      lockTimeout: "long",
      colour: "red",
    });
    expect(Object.keys(failures)).toEqual(["databaseUrl", "lockTimeout", "colour"]);
  });

  it("keeps its secret settings secret", async () => {
    const { inputs, failures } = await client.checkConfig({
      databaseUrl,
      accessToken: "t",
      version: "0.1.0",
    });
    expect(failures).toEqual({});
    expect(inputs.secretPaths).toEqual([["accessToken"], ["databaseUrl"]]);
  });

  it("refuses settings that got past the check", async () => {
    await expect(client.configure({ databaseUrl: "nowhere" })).rejects.toThrow(
      "provider jobstack: databaseUrl must be a connection string with host and database;",
    );
  });

  it("says which database it cannot reach, without its password", async () => {
    await client.configure({ databaseUrl });
    const error = await client.read("CronJob", "tick").catch((failure: Error) => failure);
    expect((error as Error).message).toBe(
      'cron job "tick": the database cannot be reached (connect ECONNREFUSED 127.0.0.1:1); check that the server runs, and that databaseUrl names the right host, port, user and database',
    );
    expect(running.log()).toBe("");
  });

  it("names the resources it has when asked for another", async () => {
    await expect(client.check("Banana", {})).rejects.toThrow(
      /^resource type "jobstack:index:Banana" is unknown to jobstack; use one of jobstack:index:CronJob, /,
    );
  });

  it("describes its resources for Pulumi's own tools", async () => {
    const schema = JSON.parse(await client.getSchema());
    expect(schema.resources["jobstack:index:VaultSecret"]).toMatchObject({
      inputProperties: { name: { type: "string" }, value: { type: "string", secret: true } },
      requiredInputs: ["name", "value"],
    });
    expect(schema.resources["jobstack:index:Role"].inputProperties.grants).toEqual({
      description: "privileges on single objects",
      type: "array",
      items: { $ref: "#/types/jobstack:index:RoleGrants" },
    });
    expect(schema.types["jobstack:index:RoleGrants"]).toMatchObject({
      required: ["on", "name", "privileges"],
    });
  });
});

async function firstLines(stream: Readable, count: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    lines.push(line);
    if (lines.length === count) break;
  }
  return lines;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
