import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, projectRef } from "../../local/gateway/testing/test-gateway.ts";
import * as jobstack from "../sdk.ts";
import { TestStack } from "../testing/pulumi-stack.ts";
import { useManagementApi } from "../testing/use-management-api.ts";

const project = useManagementApi();
const secrets = { value: "canary-value-3a1f9c0e", password: "canary-password-77b0de51" };
let stack: TestStack;

beforeAll(async () => {
  const { databaseUrl = "" } = project().config;
  const all = { ...secrets, databaseUrl, accessToken };
  const config = Object.entries(all).map(([key, value]) => [`test:${key}`, { value, secret: true }] as const);
  stack = await TestStack.create(program, "test", Object.fromEntries(config));
});
afterAll(() => stack.delete());

/** As in every program of ours, secrets come from the stack's configuration. */
async function program(): Promise<void> {
  const config = new pulumi.Config();
  const provider = new jobstack.Provider("project", {
    databaseUrl: config.requireSecret("databaseUrl"),
    accessToken: config.requireSecret("accessToken"),
    projectRef,
    apiUrl: project().gateway.url,
  });
  const value = config.requireSecret("value");
  new jobstack.VaultSecret("vault", { name: "KEY", value }, { provider });
  new jobstack.FunctionSecret("env", { name: "KEY", value }, { provider });
  new jobstack.Role(
    "reader",
    { name: `reader_${project().database.name}`, password: config.requireSecret("password") },
    { provider },
  );
}

// What the engine says when it plans a change, and when it takes properties apart or puts them together.
const ENGINES_OWN = /^(Planner decided to \w+|(Marshaling|Unmarshaling) property for RPC)/;

describe("pulumi up -v=9 --logtostderr", { timeout: 240_000 }, () => {
  it("has no secret in what the provider causes, and none at all below the level at which the engine shows properties", async () => {
    let log = "";
    const keep = (text: string) => {
      log += text;
    };
    const verbose = { logVerbosity: 9, logToStdErr: true, onOutput: keep, onError: keep };
    await stack.stack.up(verbose);
    await stack.stack.destroy(verbose);
    const said = log.split("\n").filter(Boolean).map(parsed);
    const all = [...Object.values(secrets), accessToken, project().config.databaseUrl ?? ""];
    const leaks = said.filter(({ msg }) => all.some((secret) => msg.includes(secret)));
    expect(said.some(({ msg }) => msg.includes("jobstack:index:VaultSecret"))).toBe(true);
    expect(leaks.filter(({ msg }) => !ENGINES_OWN.test(msg))).toEqual([]);
    expect(leaks.filter(({ v }) => v < 7)).toEqual([]);
  });
});

/** A line of the engine's log with its level; anything else that is said is of level 0. */
function parsed(line: string): { msg: string; v: number } {
  try {
    const { msg, v = 0 } = JSON.parse(line);
    return { msg: String(msg), v };
  } catch {
    return { msg: line, v: 0 };
  }
}
