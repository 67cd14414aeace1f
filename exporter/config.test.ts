import { expect, it } from "vitest";
import { UserError } from "../infra/user-error.ts";
import { loadExporterConfig } from "./config.ts";

const databaseUrl = "postgresql://jobstack_exporter:hunter2@127.0.0.1:54322/postgres";

it("needs no more than the database's address", () => {
  expect(loadExporterConfig({ DATABASE_URL: databaseUrl })).toEqual({
    databaseUrl,
    host: "127.0.0.1",
    port: 54330,
    environment: "local",
  });
});

it("takes every setting from its variable", () => {
  const env = {
    JOBSTACK_EXPORTER_PORT: "9187",
    JOBSTACK_EXPORTER_HOST: "0.0.0.0",
    JOBSTACK_ENVIRONMENT: "production",
  };
  expect(loadExporterConfig({ DATABASE_URL: databaseUrl, ...env })).toEqual({
    databaseUrl,
    host: "0.0.0.0",
    port: 9187,
    environment: "production",
  });
});

it("lists all problems at once and repeats no value, which may be a secret", () => {
  const env = {
    DATABASE_URL: "mysql://root:hunter2@db",
    JOBSTACK_EXPORTER_PORT: "70000.5",
    JOBSTACK_ENVIRONMENT: "",
  };
  expect(() => loadExporterConfig(env)).toThrow(
    new UserError("exporter: invalid environment", [
      "DATABASE_URL: not a Postgres URL; write postgresql://user:password@host:port/database",
      "JOBSTACK_EXPORTER_PORT: not a port; write a whole number from 1 to 65535",
      "JOBSTACK_ENVIRONMENT: empty; write a name such as production, or leave it out",
    ]),
  );
});

it("says what to write when the database's address is missing", () => {
  expect(() => loadExporterConfig({})).toThrow(
    "DATABASE_URL: missing; write postgresql://jobstack_exporter:password@host:port/database",
  );
});
