import { describe, expect, it } from "vitest";
import { findProblems } from "./check.ts";
import { providerConfigSchema, secretsOfConfig } from "./provider-config.ts";

const databaseUrl = "postgresql://deployer:p%40ss@db.example.com:5432/postgres";

describe("the provider's configuration", () => {
  it("needs no more than a database", () => {
    expect(providerConfigSchema.parse({ databaseUrl })).toEqual({
      databaseUrl,
      apiUrl: "https://api.supabase.com",
      apiTimeout: "30s",
      lockTimeout: "3s",
      statementTimeout: "60s",
    });
  });

  it("reports all mistakes at once", () => {
    const mistakes = {
      databaseUrl: "db.example.com",
      projectRef: "abc",
      apiUrl: "ftp://x",
      lockTimeout: "3 seconds",
    };
    expect(findProblems(providerConfigSchema, mistakes)).toEqual([
      {
        path: ["databaseUrl"],
        reason:
          "must be a connection string with host and database; write postgresql://user:password@host:5432/database",
      },
      {
        path: ["projectRef"],
        reason:
          "must be the 20 lower-case letters of a Supabase project; copy them from the project's address",
      },
      { path: ["apiUrl"], reason: "must be an http or https address; write https://api.supabase.com" },
      {
        path: ["lockTimeout"],
        reason: 'must be a duration as Postgres writes it; write "500ms", "3s" or "2min"',
      },
    ]);
  });
});

describe("secretsOfConfig", () => {
  it("knows the password within the connection string, encoded and not", () => {
    const config = providerConfigSchema.parse({ databaseUrl, accessToken: "sbp_1" });
    expect(secretsOfConfig(config)).toEqual([databaseUrl, "sbp_1", "p%40ss", "p@ss"]);
  });

  it("takes no password for secret that is the user's name", () => {
    const local = "postgresql://postgres:postgres@127.0.0.1:54322/postgres";
    expect(secretsOfConfig(providerConfigSchema.parse({ databaseUrl: local }))).toEqual([local, ""]);
  });
});
