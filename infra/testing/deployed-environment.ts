import type { ConfigMap } from "@pulumi/pulumi/automation/index.js";
import { createTestCluster, type TestCluster } from "../../test/support/test-cluster.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../local/gateway/testing/test-gateway.ts";
import { TestStack } from "../provider/testing/pulumi-stack.ts";

/** A Supabase project as far as deployments see one: a database and the Management API. */
export interface TestProject {
  cluster: TestCluster;
  gateway: TestGateway;
  /** The whole program as an environment of this project; `settings` without their prefix. */
  openStack(environment: "staging" | "production", settings?: Record<string, string>): Promise<TestStack>;
  stop(): Promise<void>;
}

export async function startTestProject(): Promise<TestProject> {
  const cluster = await createTestCluster();
  const gateway = await startTestGateway({ databaseUrl: cluster.url });
  const stacks: TestStack[] = [];
  const connection = { databaseUrl: cluster.url, projectRef, accessToken, apiUrl: gateway.url };
  return {
    cluster,
    gateway,
    openStack: async (environment, settings = {}) => {
      const values = { environment, ...connection, ...secretsOf(environment), ...settings };
      const program = async () => (await import("../index.ts")).default();
      const stack = await TestStack.create(program, environment, toConfig(values));
      stacks.push(stack);
      return stack;
    },
    stop: async () => {
      for (const stack of stacks) stack.delete();
      await gateway.close();
      await cluster.stop();
    },
  };
}

/** Different ones in every environment. */
export function secretsOf(environment: string) {
  return {
    cronSecret: `cron-secret-of-${environment}`,
    apiKeyEncryptionKey: `encryption-key-of-${environment}`.padEnd(32, "k"),
  };
}

const secretSettings = [
  "databaseUrl",
  "accessToken",
  "cronSecret",
  "apiKeyEncryptionKey",
  "exporterPassword",
];

function toConfig(settings: Record<string, string>): ConfigMap {
  const entries = Object.entries(settings).map(([key, value]) => [
    `jobstack:${key}`,
    { value, secret: secretSettings.includes(key) },
  ]);
  return Object.fromEntries(entries);
}
