import { describe, expect, it } from "vitest";
import type { PackageState } from "./apt-output.ts";
import { needsRefresh, type PackagePlan, planPackages, relevantPackages } from "./package-plan.ts";

const installed: PackageState = { installed: "1", candidate: "1" };
const offered: PackageState = { installed: null, candidate: "1" };
const unknown: PackageState = { installed: null, candidate: null };

const bookworm = {
  "postgresql-15": offered,
  "postgresql-15-cron": offered,
  prometheus: offered,
  "prometheus-alertmanager": offered,
  "golang-go": offered,
  "ca-certificates": installed,
};

function plan(
  missing: Parameters<typeof planPackages>[0],
  packages: Record<string, PackageState>,
  major?: number,
) {
  return planPackages(missing, new Map(Object.entries(packages)), major);
}

describe("planPackages", () => {
  it("names every package on a bare machine, monitoring as optional", () => {
    expect(plan(["postgres", "pg_cron", "prometheus", "alertmanager"], bookworm)).toEqual({
      required: ["postgresql-15", "postgresql-15-cron"],
      optional: ["prometheus", "prometheus-alertmanager"],
      unavailable: [],
    });
  });

  it("plans nothing when nothing is missing", () => {
    expect(plan([], bookworm)).toEqual({ required: [], optional: [], unavailable: [] });
  });

  it("adds pg_cron to the installed server and does not name the server, which would upgrade it", () => {
    const packages = {
      "postgresql-15": installed,
      "postgresql-15-cron": offered,
      "postgresql-17": offered,
      "postgresql-17-cron": offered,
    };
    expect(plan(["pg_cron"], packages).required).toEqual(["postgresql-15-cron"]);
  });

  it("takes the newest version that comes with pg_cron", () => {
    const packages = {
      "postgresql-16": offered,
      "postgresql-16-cron": offered,
      "postgresql-17": offered,
      "postgresql-17-cron": offered,
      "postgresql-18": offered,
      "postgresql-18-cron": unknown,
    };
    expect(plan(["postgres", "pg_cron"], packages).required).toEqual(["postgresql-17", "postgresql-17-cron"]);
  });

  it("takes another version when there is no pg_cron for the installed server", () => {
    const packages = { "postgresql-15": installed, "postgresql-16": offered, "postgresql-16-cron": offered };
    expect(plan(["pg_cron"], packages).required).toEqual(["postgresql-16", "postgresql-16-cron"]);
  });

  it("refuses a version before 15", () => {
    const packages = { "postgresql-14": installed, "postgresql-14-cron": offered };
    expect(plan(["postgres", "pg_cron"], packages)).toEqual({
      required: [],
      optional: [],
      unavailable: ["postgres"],
    });
  });

  it("keeps to the version of an existing data directory", () => {
    const packages = {
      "postgresql-16": offered,
      "postgresql-16-cron": offered,
      "postgresql-17": installed,
      "postgresql-17-cron": installed,
    };
    expect(plan(["postgres", "pg_cron"], packages, 16).required).toEqual([
      "postgresql-16",
      "postgresql-16-cron",
    ]);
    expect(plan(["postgres", "pg_cron"], packages, 15).unavailable).toEqual(["postgres"]);
  });

  it("goes on without a monitoring package that apt does not know", () => {
    const { prometheus: _, ...packages } = bookworm;
    expect(plan(["prometheus", "alertmanager"], packages)).toEqual({
      required: [],
      optional: ["prometheus-alertmanager"],
      unavailable: ["prometheus"],
    });
  });

  it("takes what tests alone need as what can be done without", () => {
    const packages = { ...bookworm, "chromium-headless-shell": offered, gcc: offered, "libc6-dev": offered };
    expect(plan(["chromium"], packages).optional).toEqual(["chromium-headless-shell"]);
    expect(plan(["cc"], packages).optional).toEqual(["gcc", "libc6-dev"]);
    expect(plan(["chromium"], bookworm)).toEqual({ required: [], optional: [], unavailable: ["chromium"] });
  });

  it("brings certificates with go where the system has none", () => {
    expect(plan(["go"], bookworm).required).toEqual(["golang-go"]);
    expect(plan(["go"], { ...bookworm, "ca-certificates": offered }).required).toEqual([
      "golang-go",
      "ca-certificates",
    ]);
  });
});

describe("needsRefresh", () => {
  const minuteMs = 60_000;
  const complete: PackagePlan = { required: ["a"], optional: [], unavailable: [] };

  it("is true when there are no package lists", () => {
    expect(needsRefresh(complete, null)).toBe(true);
  });

  it("is true for lists older than a day only", () => {
    expect(needsRefresh(complete, 25 * 60 * minuteMs)).toBe(true);
    expect(needsRefresh(complete, 23 * 60 * minuteMs)).toBe(false);
  });

  it("is true when something necessary is not in the lists, unless they are new", () => {
    expect(needsRefresh({ ...complete, unavailable: ["postgres"] }, 60 * minuteMs)).toBe(true);
    expect(needsRefresh({ ...complete, unavailable: ["postgres"] }, minuteMs)).toBe(false);
  });

  it("is false when only monitoring is not in the lists, or every start would fetch them", () => {
    expect(needsRefresh({ ...complete, unavailable: ["prometheus", "alertmanager"] }, 60 * minuteMs)).toBe(
      false,
    );
  });
});

describe("relevantPackages", () => {
  it("keeps the servers and their pg_cron, and nothing else of PostgreSQL", () => {
    const known = ["postgresql-15", "postgresql-15-cron", "postgresql-15-pgvector", "postgresql-common", ""];
    expect(relevantPackages(known)).toEqual([
      "postgresql-15",
      "postgresql-15-cron",
      "prometheus",
      "prometheus-alertmanager",
      "chromium-headless-shell",
      "gcc",
      "libc6-dev",
      "golang-go",
      "ca-certificates",
    ]);
  });
});
