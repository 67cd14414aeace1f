import { describe, expect, it } from "vitest";
import { baselineProblems, digest, lateFiles, refusedStatements } from "./migration-files.ts";

const refusal = (sql: string) => refusedStatements([{ name: "1.sql", sql }], {}).map(({ reason }) => reason);

describe("refusedStatements", () => {
  it.each([
    ["begin; select 1; commit;", "begin"],
    ["do $$ begin end $$; rollback", "rollback"],
    ["START  TRANSACTION", "start transaction"],
    ["select 1; end", "end"],
    ["prepare transaction 'x'", "prepare transaction"],
  ])("refuses %j, which ends the transaction", (sql, words) => {
    expect(refusal(sql)).toEqual([
      `file "1.sql" contains "${words}", but runs as a whole in one transaction; remove it`,
    ]);
  });

  it.each([
    "create index concurrently i on t (a)",
    "create unique index\nconcurrently i on t (a)",
    "drop index concurrently i",
    "reindex table concurrently t",
    "alter table t detach partition p concurrently",
    "vacuum t",
    "create database d",
    "alter system set work_mem = '1GB'",
    "copy t from stdin",
  ])("refuses %j, which no file can do", (sql) => {
    expect(refusal(sql)).toEqual([
      expect.stringMatching(/^file "1.sql" contains ".+", (which|whose) .+; .+/),
    ]);
  });

  it.each([
    "savepoint a; rollback to a; release a",
    "refresh materialized view concurrently v",
    "create function f() returns int language sql begin atomic select 1; end",
    "-- commit;\ncreate table t (note text default 'commit;')",
    "create index i on concurrently (a)",
    "copy t from program 'x'",
  ])("takes %j", (sql) => {
    expect(refusal(sql)).toEqual([]);
  });

  it("looks only at what is yet to be applied", () => {
    expect(refusedStatements([{ name: "1.sql", sql: "commit" }], { "1.sql": "x" })).toEqual([]);
  });
});

describe("lateFiles", () => {
  const declared = ["1", "2", "3"].map((name) => ({ name, sql: "" }));

  it("takes new files behind the applied ones, and all of a new migration", () => {
    expect(lateFiles(declared, { 1: "", 2: "" }, [])).toEqual([]);
    expect(lateFiles(declared, {}, [])).toEqual([]);
  });

  it("refuses one before an applied one, unless it is said to be made by hand", () => {
    expect(lateFiles(declared, { 3: "" }, ["1"])).toEqual([
      {
        path: ["files", 1, "name"],
        reason: 'file "2" is new, but stands before "3", which is applied already; move it behind that one',
      },
    ]);
  });
});

it("takes quoted and schema-qualified names of what a baseline file creates", () => {
  const sql = 'create table if not exists app."odd ""jobs""" (id int)';
  expect(baselineProblems([{ name: "1.sql", sql }], ["1.sql"])).toEqual([]);
});

it("takes another line end for the same text", () => {
  expect(digest("select 1;\r\n")).toBe(digest("select 1;\n"));
});
