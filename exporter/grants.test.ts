import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSqlFolder } from "../infra/sql/sql-files.ts";
import { renderGrants, renderRemoval } from "./grants.ts";
import { readJobTables } from "./grants-command.ts";
import { jobTable } from "./job-table.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-grants-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = path.join(folder, "exporter.yaml");
  writeFileSync(file, text);
  return file;
}

const mail = "{name: mail, table: mails, statuses: {ready: new}}";

it("holds the very functions and migrations that a deployment makes", () => {
  const script = renderGrants({ jobTables: [] });
  for (const { sql } of [...readSqlFolder("metrics/functions"), ...readSqlFolder("metrics/migrations")])
    expect(script).toContain(sql.trim());
});

it("is one transaction, and holds no password", () => {
  const jobTables = [jobTable.parse({ name: "mail", table: "mails", statuses: { ready: "new" } })];
  for (const script of [renderGrants({ jobTables }), renderRemoval()]) {
    expect(script.match(/^begin;$/gm)).toHaveLength(1);
    expect(script.match(/^commit;$/gm)).toHaveLength(1);
    expect(script).not.toMatch(/password '/i);
  }
});

it("is about the tables of the one target, whose address is not needed", () => {
  expect(readJobTables(fileOf(`targets: [{name: shop, jobTables: [${mail}]}]`))).toMatchObject([
    { name: "mail", table: "mails" },
  ]);
});

it("asks for the target where there are several, by their names", () => {
  const file = fileOf(`targets: [{name: shop, jobTables: [${mail}]}, {name: blog}]`);
  expect(readJobTables(file, "blog")).toEqual([]);
  expect(readJobTables(file, "shop")).toHaveLength(1);
  expect(() => readJobTables(file)).toThrow(
    "--target: missing, and the file has several; write one of: shop, blog",
  );
  expect(() => readJobTables(file, "shoe")).toThrow(
    '--target "shoe": not in the file; write one of: shop, blog',
  );
});

it("lists what is wrong with the description of a table by its path", () => {
  const file = fileOf(
    "targets: [{name: shop, jobTables: [{name: mail, table: '', statuses: {ready: []}, x: 1}]}]",
  );
  expect(() => readJobTables(file)).toThrow(
    [
      `exporter configuration "${file}": invalid`,
      "  - targets[0].jobTables[0].table: empty; write the name as it is in the database, capitals included, without quotes",
      "  - targets[0].jobTables[0].statuses.ready: empty; leave it out",
      "  - targets[0].jobTables[0].x: unknown setting; remove it",
    ].join("\n"),
  );
});
