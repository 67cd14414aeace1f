import { describe, expect, it } from "vitest";
import { note, refuse } from "./missing-programs.ts";

describe("refuse", () => {
  it("gives a user without rights the exact command and every missing program", () => {
    const packages = ["postgresql-15", "postgresql-15-cron", "prometheus"];
    expect(refuse(["postgres", "pg_cron", "prometheus"], { kind: "no-rights", packages })).toEqual({
      summary:
        "missing programs: this user may not install packages; run " +
        '"sudo apt-get update && sudo apt-get install --no-install-recommends -y postgresql-15 postgresql-15-cron prometheus"' +
        ", or set DATABASE_URL to a database that has pg_cron",
      problems: ["PostgreSQL server 15 or newer", "PostgreSQL extension pg_cron", "Prometheus with promtool"],
    });
  });

  it("asks for package lists first when apt knows no package", () => {
    expect(refuse(["go"], { kind: "no-rights", packages: [] }).summary).toBe(
      'missing programs: this user may not install packages; run "sudo apt-get update"',
    );
  });

  it("says on other systems what to install", () => {
    expect(refuse(["postgres", "pg_cron"], { kind: "no-apt" })).toEqual({
      summary:
        "missing programs: install them with this system's own package manager and put them on PATH" +
        ", or set DATABASE_URL to a database that has pg_cron",
      problems: ["PostgreSQL server 15 or newer", "PostgreSQL extension pg_cron"],
    });
  });

  it("shows the end of apt's output when the installation failed", () => {
    const obstacle = { kind: "failed", logFile: "/logs/packages.log", tail: ["E: disk full"] } as const;
    expect(refuse(["go"], obstacle)).toEqual({
      summary:
        "missing programs: the installation failed; mend the cause, which is in /logs/packages.log, and run this again",
      problems: ["Go", "E: disk full"],
    });
  });
});

describe("note", () => {
  it("names the program and why it is absent", () => {
    expect(note("prometheus", { kind: "not-offered" })).toBe(
      "Prometheus with promtool: not found; apt offers no package; add a repository that has one",
    );
  });
});
