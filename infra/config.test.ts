import { describe, expect, it } from "vitest";
import { isProtected, parseAlerting, parseConfig, rawSettings, secretMark } from "./config.ts";

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
      schema: "story",
      generatorUrl: "https://generativelanguage.googleapis.com",
      generatorModel: "gemini-2.5-flash",
      pollEvery: "30 seconds",
      maxAttempts: 3,
      leaseSeconds: 60,
      stuckAfterSeconds: 300,
    });
  });

  it("asks for the address of the packs' application, except where there is a stand-in", () => {
    const appUrl = "https://app.example.com";
    expect(parseConfig("local", { environment: "local", packs: {} }).packs).toMatchObject({
      schema: "packs",
    });
    expect(parseConfig("staging", { ...cloud, packs: { appUrl } }).packs).toMatchObject({ appUrl });
    expect(() => parseConfig("staging", { ...cloud, packs: {} })).toThrow(
      "- jobstack:packs.appUrl: missing; write the application's address",
    );
  });

  it("needs the generator's key where flashcards are deployed, and nowhere else", () => {
    expect(() => parseConfig("staging", { ...cloud, flashcards: {} })).toThrow(
      "jobstack:generatorApiKey: missing; set it with: pulumi config set --secret jobstack:generatorApiKey ...",
    );
    const complete = { ...cloud, flashcards: {}, generatorApiKey: secretMark() };
    expect(parseConfig("staging", complete).flashcards).toMatchObject({
      schema: "flashcards",
      schedule: "* * * * *",
      iterations: 5,
      delayMs: 1_000,
    });
    expect(parseConfig("local", { environment: "local", flashcards: {} })).toHaveProperty("flashcards");
  });

  it("has no alerts for a guest, whose database another stack watches", () => {
    const { exporterPassword: _, ...guest } = { ...cloud, guestOf: "production" };
    expect(parseConfig("staging", guest).guestOf).toBe("production");
    expect(() => parseConfig("staging", { ...guest, alerts: {} })).toThrow(
      'jobstack:alerts: the stack "production" watches the database of both; remove it',
    );
  });

  it("has no heartbeat for a guest, whose database another stack watches", () => {
    const { exporterPassword: _, ...guest } = { ...cloud, guestOf: "production" };
    expect(() => parseConfig("staging", { ...guest, heartbeatUrl: secretMark() })).toThrow(
      'jobstack:heartbeatUrl: the stack "production" sends the heartbeat of the database of both; remove it',
    );
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

  it("wants an address for alerts, except where a stand-in hears them", () => {
    const story = { stuckAlert: { moreThan: 5 } };
    expect(parseConfig("local", { environment: "local", story }).story?.stuckAlert).toEqual({
      moreThan: 5,
      olderThanSeconds: 600,
      schedule: "0 * * * *",
    });
    expect(() => parseConfig("staging", { ...cloud, story })).toThrow(
      "jobstack:story.stuckAlert.webhookUrl: missing; write the address of your webhook",
    );
    const webhookUrl = "https://example.com/alert";
    expect(parseConfig("staging", { ...cloud, story: { stuckAlert: { webhookUrl } } })).toBeDefined();
  });

  it("tells a secret that is stored in clear from one that is missing, and never shows it", () => {
    const stored = [
      { key: "jobstack:environment", value: "staging", secret: false },
      { key: "jobstack:projectRef", value: "abcdefghijklmnopqrst", secret: false },
      { key: "jobstack:databaseUrl", value: "canary", secret: false },
      { key: "jobstack:accessToken", value: "canary", secret: true },
      { key: "jobstack:cronSecret", value: "canary", secret: true },
      { key: "jobstack:apiKeyEncryptionKey", value: "canary", secret: true },
      { key: "other:setting", value: "canary", secret: false },
    ];
    const raw = rawSettings(stored);
    expect(JSON.stringify(raw)).not.toContain("canary");
    expect(() => parseConfig("staging", raw)).toThrow(
      [
        'stack "staging": invalid configuration in Pulumi.staging.yaml',
        "  - jobstack:databaseUrl: stored in clear; set it with: pulumi config set --secret jobstack:databaseUrl ...",
        "  - jobstack:exporterPassword: missing; set it with: pulumi config set --secret jobstack:exporterPassword ...",
      ].join("\n"),
    );
  });

  it("needs a token where dashboards are deployed to a Grafana, and nowhere else", () => {
    const grafana = { url: "https://grafana.example.com" };
    const missing =
      "- jobstack:grafanaToken: missing; set it with: pulumi config set --secret jobstack:grafanaToken ...";
    expect(() => parseConfig("local", { environment: "local", grafana })).toThrow(missing);
    expect(() => parseConfig("staging", { ...cloud, grafana })).toThrow(missing);
    expect(parseConfig("staging", { ...cloud, grafana, grafanaToken: secretMark() }).grafana).toEqual({
      ...grafana,
      folder: "Jobstack",
    });
  });

  it("asks no exporter's password of a guest, and takes none", () => {
    const { exporterPassword: _, ...guest } = { ...cloud, guestOf: "production" };
    expect(parseConfig("staging", guest).guestOf).toBe("production");
    expect(() => parseConfig("staging", { ...cloud, guestOf: "staging" })).toThrow(
      [
        "  - jobstack:guestOf: names this environment itself; name the other one, or remove it",
        '  - jobstack:exporterPassword: the stack "staging" makes the exporter\'s role; remove it',
      ].join("\n"),
    );
    expect(() => parseConfig("local", { environment: "local", guestOf: "production" })).toThrow(
      "- jobstack:guestOf: `local` has a database of its own; remove it",
    );
  });

  it("protects production, and any other environment on request", () => {
    expect(isProtected(parseConfig("staging", cloud))).toBe(false);
    expect(isProtected(parseConfig("staging", { ...cloud, protect: true }))).toBe(true);
    expect(isProtected(parseConfig("production", { ...cloud, environment: "production" }))).toBe(true);
    expect(
      isProtected(parseConfig("production", { ...cloud, environment: "production", protect: false })),
    ).toBe(false);
  });

  it("says which environments there are", () => {
    expect(() => parseConfig("dev", { environment: "dev" })).toThrow(
      '- jobstack:environment: Invalid option: expected one of "local"|"staging"|"production"',
    );
  });
});

describe("parseAlerting", () => {
  it("needs none of the stack's secrets", () => {
    const { alerts } = parseAlerting("staging", { environment: "staging", alerts: { groupWait: "1s" } });
    expect(alerts).toMatchObject({ groupWait: "1s", repeatInterval: "4h" });
  });

  it("names what is wrong by its path", () => {
    const settings = { environment: "staging", alerts: { thresholds: { stuckFor: 60, lost: "1m" } } };
    expect(() => parseAlerting("staging", settings)).toThrow(
      [
        'stack "staging": invalid configuration in Pulumi.staging.yaml',
        '  - jobstack:alerts.thresholds.stuckFor: is no duration; write a whole number and a unit, e.g. "30s", "5m" or "4h"',
        "  - jobstack:alerts.thresholds.lost: unknown setting; remove it",
      ].join("\n"),
    );
  });
});
