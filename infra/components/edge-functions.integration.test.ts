import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { useTestDatabase } from "../../test/support/use-test-database.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../local/gateway/testing/test-gateway.ts";
import { EdgeFunction, Provider } from "../provider/sdk.ts";
import { TestStack } from "../provider/testing/pulumi-stack.ts";
import { EdgeFunctions } from "./edge-functions.ts";

const root = mkdtempSync(path.join(tmpdir(), "jobstack-functions-"));
mkdirSync(path.join(root, "supabase/functions/hello"), { recursive: true });
writeFileSync(
  path.join(root, "supabase/functions/hello/index.ts"),
  "Deno.serve(() => new Response('hello'));",
);
const database = useTestDatabase();

let gateway: TestGateway;
let stack: TestStack;
let declareFunctions: (parent: pulumi.Resource) => void;

beforeAll(async () => {
  gateway = await startTestGateway({ databaseUrl: database().url });
  stack = await TestStack.create(async () => {
    const settings = { databaseUrl: database().url, projectRef, accessToken, apiUrl: gateway.url };
    const provider = new Provider("project", settings);
    declareFunctions(new pulumi.ComponentResource("test:index:System", "system", {}, { provider }));
  });
});
afterAll(async () => {
  stack.delete();
  await gateway.close();
  rmSync(root, { recursive: true });
});

it("takes in a function that the program used to declare on its own, as the same resource", async () => {
  declareFunctions = (parent) => {
    const entrypoint = "supabase/functions/hello/index.ts";
    new EdgeFunction("hello", { slug: "hello", root, entrypoint, verifyJwt: true }, { parent });
  };
  expect(await stack.up()).toMatchObject([{ op: "create", resource: "EdgeFunction hello" }]);
  declareFunctions = (parent) => {
    new EdgeFunctions("app", { root, url: gateway.url, functions: { hello: {} } }, { parent });
  };
  expect(await stack.up()).toMatchObject([{ op: "create", resource: "EdgeFunctions app" }]);
  expect(await stack.preview()).toEqual([]);
});
