import * as pulumi from "@pulumi/pulumi";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { environmentNames } from "../../supabase/functions/_shared/environment-names.ts";
import { openPool } from "../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../test/support/test-cluster.ts";
import { QueueCore } from "../components/queue-core.ts";
import { parseConfig } from "../config.ts";
import { declareCronSecret } from "../cron-secret.ts";
import type { Environment } from "../environment.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../local/gateway/testing/test-gateway.ts";
import { Story } from "../systems/story.ts";
import * as jobstack from "./sdk.ts";
import { TestStack } from "./testing/pulumi-stack.ts";

let cluster: TestCluster;
let gateway: TestGateway;
let database: pg.Pool;
let stack: TestStack;

beforeAll(async () => {
  cluster = await createTestCluster();
  gateway = await startTestGateway({ databaseUrl: cluster.url });
  database = openPool(cluster.url);
  stack = await TestStack.create(program);
});
afterAll(async () => {
  stack.delete();
  await database.end();
  await gateway.close();
  await cluster.stop();
});

/** The queue core and the story system as the real program declares them, and others who change the same table later. */
async function program(): Promise<void> {
  const provider = new jobstack.Provider("project", {
    databaseUrl: cluster.url,
    projectRef,
    accessToken,
    apiUrl: gateway.url,
  });
  const config = parseConfig("local", { environment: "local", story: {} });
  const secret = pulumi.secret("0123456789abcdef0123456789abcdef");
  const environment: Environment = {
    config,
    projectRef,
    apiUrl: gateway.url,
    functionsUrl: `${gateway.url}/functions/v1`,
    generatorUrl: undefined,
    alertUrl: undefined,
    appUrl: undefined,
    secrets: { databaseUrl: secret, accessToken: secret, cronSecret: secret, apiKeyEncryptionKey: secret },
    generatorApiKey: undefined,
    heartbeatUrl: undefined,
    core: { exporterPassword: secret },
    grafana: undefined,
    names: environmentNames(),
  };
  const core = new QueueCore("core", { exporterPassword: "exporter" }, { provider });
  if (config.story === undefined) throw new Error("the story system is not configured");
  const cronSecret = declareCronSecret(environment, core, { provider });
  const story = new Story("story", { environment, config: config.story, core, cronSecret }, { provider });
  new jobstack.Role(
    "analyst",
    { name: "analyst", grants: [{ on: "table", name: "story.jobs", privileges: ["select"] }] },
    { provider, dependsOn: story },
  );
}

it("takes nothing that the program itself does to a migration's tables for drift, and shows what others do", {
  timeout: 300_000,
}, async () => {
  await stack.up();
  expect(await stack.preview()).toEqual([]);

  await database.query("drop policy jobs_select_own on story.jobs");
  await database.query("alter table jobstack.lease add column spy text");
  const drift = [
    {
      op: "update",
      resource: "Migration jobstack",
      diff: ['drift.objects["table jobstack.lease column spy"]'],
    },
    {
      op: "update",
      resource: "Migration story",
      diff: ['drift.objects["table story.jobs policy jobs_select_own"]'],
    },
  ];
  expect(await stack.preview()).toEqual(drift);
  expect(await stack.up()).toEqual(drift);
  expect(stack.output).toContain(
    'migration \\"jobstack\\": what somebody changed is not put back; undo it by hand',
  );
  expect(stack.output).toContain('table jobstack.lease column spy: appeared outside of Pulumi: \\"text\\"');
  expect(await stack.preview()).toEqual(drift);

  await database.query("alter table jobstack.lease drop column spy");
  await database.query(
    "create policy jobs_select_own on story.jobs for select to authenticated using (user_id = (select auth.uid()))",
  );
  expect(await stack.preview()).toEqual([]);
});
