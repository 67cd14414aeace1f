import { describe, expect, it } from "vitest";
import { loadSettings } from "./settings.ts";

describe("loadSettings", () => {
  it("uses the default ports when nothing is set", () => {
    expect(loadSettings({}).ports).toEqual({
      api: 54321,
      database: 54322,
      exporter: 54330,
      prometheus: 54331,
      alertmanager: 54332,
      generator: 54333,
    });
  });

  it("takes a port and a database from the environment", () => {
    const settings = loadSettings({ JOBSTACK_API_PORT: "4000", DATABASE_URL: "postgres://db/app" });
    expect(settings.ports.api).toBe(4000);
    expect(settings.databaseUrl).toBe("postgres://db/app");
  });

  it("names every wrong variable at once", () => {
    const load = () =>
      loadSettings({ JOBSTACK_API_PORT: "web", JOBSTACK_DB_PORT: "70000", DATABASE_URL: "mysql://db" });
    expect(load).toThrow(
      [
        "invalid environment",
        '  - JOBSTACK_API_PORT: "web" is not a port; write a number from 1 to 65535',
        '  - JOBSTACK_DB_PORT: "70000" is not a port; write a number from 1 to 65535',
        "  - DATABASE_URL: not a Postgres URL; write postgresql://user:password@host:port/database",
      ].join("\n"),
    );
  });

  it("refuses one port for two services", () => {
    expect(() => loadSettings({ JOBSTACK_EXPORTER_PORT: "54321" })).toThrow(
      "JOBSTACK_EXPORTER_PORT: 54321 is taken by JOBSTACK_API_PORT; give each its own port",
    );
  });
});
