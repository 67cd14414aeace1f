import { describe, expect, it } from "vitest";
import { parseConfig, secretMark } from "./config.ts";

const cloud = {
  environment: "staging",
  projectRef: "abcdefghijklmnopqrst",
  databaseUrl: secretMark(),
  accessToken: secretMark(),
  cronSecret: secretMark(),
  apiKeyEncryptionKey: secretMark(),
  exporterPassword: secretMark(),
};

describe("parseConfig", () => {
  it("needs no more than the environment for the local stack", () => {
    expect(parseConfig("local", { environment: "local" })).toMatchObject({
      environment: "local",
      lockTimeout: "3s",
      statementTimeout: "60s",
    });
  });

  it("fills in the defaults of a system that is switched on", () => {
    expect(parseConfig("staging", { ...cloud, story: {} }).story).toEqual({
      generatorUrl: "https://generativelanguage.googleapis.com",
      generatorModel: "gemini-2.5-flash",
      pollEvery: "30 seconds",
      maxAttempts: 3,
      leaseSeconds: 60,
      stuckAfterSeconds: 300,
    });
  });

  it("names every problem of a stack at once, with its path and what to write", () => {
    const { accessToken: _, ...incomplete } = cloud;
    const parse = () =>
      parseConfig("staging", {
        ...incomplete,
        projectRef: "x",
        polling: 1,
        story: { maxAttempts: 0, retries: 2 },
      });
    expect(parse).toThrow(
      [
        'stack "staging": invalid configuration in Pulumi.staging.yaml',
        "  - jobstack:projectRef: write the 20 lower-case letters after /project/ in the dashboard's address",
        "  - jobstack:story.maxAttempts: Too small: expected number to be >=1",
        "  - jobstack:story.retries: unknown setting; remove it",
        "  - jobstack:polling: unknown setting; remove it",
        "  - jobstack:accessToken: missing; set it with: pulumi config set --secret jobstack:accessToken ...",
      ].join("\n"),
    );
  });

  it("says which environments there are", () => {
    expect(() => parseConfig("dev", { environment: "dev" })).toThrow(
      '- jobstack:environment: Invalid option: expected one of "local"|"staging"|"production"',
    );
  });
});
