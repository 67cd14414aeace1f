import { expect, it } from "vitest";
import { readSettings } from "./settings.ts";

const good = {
  JOBSTACK_PLATFORM_DIR: "/tmp/state",
  JOBSTACK_LOG_DIR: "/tmp/logs",
  DATABASE_URL: "postgresql://postgres:postgres@127.0.0.1:54322/postgres",
  JOBSTACK_JWT_SECRET: "super-secret-jwt-token-with-at-least-32-characters-long",
  JOBSTACK_PROJECT_REF: "jobstacklocalproject",
  JOBSTACK_ACCESS_TOKEN: `sbp_${"0123456789".repeat(4)}`,
};

it("fills in the port and the rate limit", () => {
  expect(readSettings(good)).toEqual({ ...good, JOBSTACK_API_PORT: 54_321, JOBSTACK_API_RATE_LIMIT: 120 });
});

it("reads numbers", () => {
  const settings = readSettings({ ...good, JOBSTACK_API_PORT: "6000", JOBSTACK_API_RATE_LIMIT: "0" });
  expect(settings).toMatchObject({ JOBSTACK_API_PORT: 6_000, JOBSTACK_API_RATE_LIMIT: 0 });
});

it("names every variable that is missing", () => {
  expect(() => readSettings({})).toThrow(
    [
      "JOBSTACK_PLATFORM_DIR: must be set",
      "JOBSTACK_LOG_DIR: must be set",
      "DATABASE_URL: must be a URL such as postgresql://user:password@host:port/database",
      "JOBSTACK_JWT_SECRET: must be set",
      "JOBSTACK_PROJECT_REF: must be set",
      "JOBSTACK_ACCESS_TOKEN: must be set",
    ].join("\n"),
  );
});

it("names every variable that is wrong, and shows no value", () => {
  const bad = {
    ...good,
    JOBSTACK_API_PORT: "70000",
    DATABASE_URL: "mysql://root:canary@127.0.0.1/x",
    JOBSTACK_JWT_SECRET: "canary",
    JOBSTACK_PROJECT_REF: "Local",
    JOBSTACK_ACCESS_TOKEN: "canary",
    JOBSTACK_API_RATE_LIMIT: "many",
  };
  expect(() => readSettings(bad)).toThrow(
    [
      "JOBSTACK_API_PORT: must be from 1 to 65535",
      "DATABASE_URL: must be a URL such as postgresql://user:password@host:port/database",
      "JOBSTACK_JWT_SECRET: must have at least 32 characters",
      "JOBSTACK_PROJECT_REF: must be 20 lower-case letters",
      'JOBSTACK_ACCESS_TOKEN: must be "sbp_" and 40 hexadecimal digits, as the Supabase CLI wants it',
      "JOBSTACK_API_RATE_LIMIT: must be a number of requests",
    ].join("\n"),
  );
});
