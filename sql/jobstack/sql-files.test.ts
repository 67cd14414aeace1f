import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../infra/package-root.ts";
import { readSqlFile, readSqlFolder } from "../../infra/sql/sql-files.ts";
import { executeGrants } from "./grants.ts";

const functions = readSqlFolder("jobstack/functions");

describe.each(functions)("functions/$name.sql", ({ name, sql }) => {
  it("begins with a comment and is one statement that makes the function of its name", () => {
    const statement = sql.replace(/^(--.*\n)+/, "");
    expect(statement).not.toBe(sql);
    expect(statement).toMatch(new RegExp(`^create or replace (function|procedure) jobstack\\.${name}\\(`));
    expect(sql.match(/^create /gm)).toHaveLength(1);
    expect(sql).toMatch(/\$(function|procedure)\$;\n$/);
  });

  it("fixes its search_path, unless it commits or is to be inlined", () => {
    if (name === "now") return;
    expect(sql.includes("set search_path = ''")).toBe(!/^ {4}commit;$/m.test(sql));
  });

  it("reads no clock but jobstack.now(), unless it is that, or sleeps", () => {
    if (["now", "run_every", "await_job"].includes(name)) return;
    expect(sql.replaceAll("jobstack.now()", "")).not.toMatch(/\b(now|\w+_timestamp)\(|current_(time|date)/);
  });
});

it("no file says what it has to say with level LOG, with which Postgres logs the user's statement and its secrets", () => {
  const files = readdirSync(path.join(packageRoot, "sql"), { encoding: "utf8", recursive: true });
  const sql = files.filter((file) => file.endsWith(".sql"));
  expect(sql).toContain(path.join("jobstack", "functions", "rescue.sql"));
  expect(sql.filter((file) => /\braise\s+log\b/i.test(readSqlFile(file)))).toEqual([]);
});

describe("grants", () => {
  it("name functions that exist", () => {
    const names = functions.map(({ name }) => name);
    expect(Object.keys(executeGrants).filter((name) => !names.includes(name))).toEqual([]);
  });

  it("are for functions with the owner's rights", () => {
    const invokers = functions.filter(
      ({ name, sql }) => name in executeGrants && name !== "now" && !sql.includes("\nsecurity definer\n"),
    );
    expect(invokers.map(({ name }) => name)).toEqual([]);
  });
});
