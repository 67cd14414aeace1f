import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { useTestDatabase } from "../../test/support/use-test-database.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../local/gateway/testing/test-gateway.ts";
import * as jobstack from "./sdk.ts";
import { type Fault, type FaultyApi, startFaultyApi } from "./testing/faulty-api.ts";
import { TestStack } from "./testing/pulumi-stack.ts";

const VALUE = "canary-faulty-8c21d7";

const database = useTestDatabase();
const roots = [1, 2].map(() => mkdtempSync(path.join(tmpdir(), "jobstack-faulty-")));
let root = roots[0] as string;
let gateway: TestGateway;
let proxy: FaultyApi;
let stack: TestStack;

beforeAll(async () => {
  for (const each of roots) {
    mkdirSync(path.join(each, "functions/hello"), { recursive: true });
    writeFileSync(path.join(each, "functions/hello/index.ts"), "Deno.serve(() => new Response('hello'));");
    writeFileSync(path.join(each, "functions/hello/notes.ts"), "// Nothing imports this.");
  }
  gateway = await startTestGateway({ databaseUrl: database().url });
  proxy = await startFaultyApi(gateway.url);
  stack = await TestStack.create(program);
});
afterEach(() => {
  proxy.fault = () => undefined;
  proxy.requests.length = 0;
});
afterAll(async () => {
  stack.delete();
  await proxy.close();
  await gateway.close();
  for (const each of roots) rmSync(each, { recursive: true });
});

async function program(): Promise<void> {
  const provider = new jobstack.Provider("project", {
    databaseUrl: database().url,
    projectRef,
    accessToken,
    apiUrl: proxy.url,
    apiTimeout: "2s",
  });
  new jobstack.FunctionSecret("key", { name: "KEY", value: VALUE }, { provider });
  new jobstack.EdgeFunction(
    "hello",
    { slug: "hello", root, entrypoint: "functions/hello/index.ts", verifyJwt: true },
    { provider },
  );
}

const echo = JSON.stringify({ message: `cannot take [{"name":"KEY","value":"${VALUE}"}] of ${accessToken}` });
const posts = () => proxy.requests.filter((request) => request.startsWith("POST "));

describe("an up with a Management API that misbehaves", () => {
  it.each([
    ["refuses", { answer: 403, body: echo }, /answered 403: .*; the access token may not do this/],
    ["has a fault", { answer: 500, body: echo }, /answered 500: .*; the API has a fault; try again later/],
    [
      "answers with a page",
      { answer: 200, body: `<p>${VALUE}</p>` },
      /gave an answer that is not the API's: it is a page/,
    ],
    ["hangs up", "hang up", /failed: other side closed; check apiUrl and the network/],
    ["says nothing", "silence", /failed: there was no complete answer within 2 s/],
  ] satisfies [string, Fault, RegExp][])(
    "fails with a clear error when it %s, and records nothing",
    async (_case, fault, message) => {
      // Deploys may take ten times as long as other requests, which nobody wants to wait for here.
      proxy.fault = ({ method, path: address }) => {
        if (method !== "POST") return undefined;
        return address.includes("/deploy") ? { answer: 402, body: '{"message":"no more functions"}' } : fault;
      };
      const error = String(await stack.up().catch((failure: unknown) => failure));
      expect(error).toMatch(message);
      expect(error).toMatch(/answered 402: no more functions; the project's plan does not allow this/);
      const state = await stack.state();
      expect(state).not.toContain("jobstack:index:FunctionSecret");
      expect(state).not.toContain("jobstack:index:EdgeFunction");
    },
  );

  it("waits as told when there were too many requests, and then deploys", async () => {
    let refused = 0;
    proxy.fault = () => (refused++ < 3 ? { answer: 429, headers: { "retry-after": "1" } } : undefined);
    const steps = await stack.up();
    expect(steps.map(({ op, resource }) => `${op} ${resource}`)).toEqual([
      "create EdgeFunction hello",
      "create FunctionSecret key",
    ]);
    expect(posts().filter((request) => request.includes("/deploy"))).not.toEqual([]);
  });

  it("takes no list that it cannot read for an empty one", async () => {
    proxy.fault = ({ method }) => (method === "GET" ? { answer: 200, body: '{"message":"hi"}' } : undefined);
    await expect(stack.up()).rejects.toThrow("gave an answer that is not the API's");
    expect(posts()).toEqual([]);
    proxy.fault = () => undefined;
    expect(await stack.preview()).toEqual([]);
  });

  it("sends nothing when nothing changed, also from another folder and with other files beside", async () => {
    root = roots[1] as string;
    renameSync(path.join(root, "functions/hello/notes.ts"), path.join(root, "functions/hello/renamed.ts"));
    expect(await stack.up()).toEqual([]);
    expect(proxy.requests.sort()).toEqual([
      `GET /v1/projects/${projectRef}/functions`,
      `GET /v1/projects/${projectRef}/secrets`,
    ]);
  });

  it("lets no secret out, whatever it repeats", async () => {
    const secrets = [VALUE, VALUE.slice(0, 12), accessToken.slice(0, 20)];
    expect(secrets.filter((secret) => stack.output.includes(secret))).toEqual([]);
    // A provider's settings stand there: Pulumi's SDK writes every output.
    expect(stack.debugOutput.includes(VALUE)).toBe(false);
  });
});
