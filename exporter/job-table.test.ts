import { expect, it } from "vitest";
import { jobTable, jobTables } from "./job-table.ts";

function problems(described: unknown): string[] {
  const parsed = jobTables.safeParse(described);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

it("takes a table by its name and one word, and says the rest itself", () => {
  expect(jobTable.parse({ name: "mail", table: "mails", statuses: { ready: "pending" } })).toEqual({
    name: "mail",
    schema: "public",
    table: "mails",
    columns: { status: "status", created: "created_at" },
    statuses: { ready: ["pending"], scheduled: [], processing: [], completed: [], failed: [] },
    stuckAfterSeconds: 300,
  });
});

it("takes several words, and numbers, for one status", () => {
  const { statuses } = jobTable.parse({
    name: "mail",
    table: "mails",
    statuses: { ready: [0, "again"], processing: 1 },
  });
  expect(statuses).toMatchObject({ ready: ["0", "again"], processing: ["1"] });
});

it("names everything that is wrong at once", () => {
  const wrong = {
    name: "Mail",
    table: "",
    columns: { state: "status", created: "c".repeat(64) },
    statuses: { ready: [], processing: "a\0" },
    stuckAfterSeconds: 0.5,
  };
  expect(problems([wrong]).map((problem) => problem.split(":")[0])).toEqual([
    "0.name",
    "0.table",
    "0.columns.created",
    "0.columns",
    "0.statuses.ready",
    "0.statuses.processing",
    "0.stuckAfterSeconds",
  ]);
});

it("refuses a word with two meanings", () => {
  const twice = { name: "mail", table: "mails", statuses: { ready: "new", failed: ["dead", "new"] } };
  expect(problems([twice])).toEqual([
    '0.statuses.failed: "new" is given for ready already; a word means one status',
  ]);
});

it("refuses a completion time without words for what has ended", () => {
  const endless = {
    name: "mail",
    table: "mails",
    columns: { completed: "done_at" },
    statuses: { ready: "new" },
  };
  expect(problems([endless])).toEqual([
    "0.columns.completed: needs words for completed or failed jobs; write statuses.completed, or leave the column out",
  ]);
});

it("refuses two tables of one name", () => {
  const mail = { name: "mail", table: "mails", statuses: { ready: "new" } };
  expect(problems([mail, { ...mail, table: "letters" }])).toEqual([
    '1.name: "mail" is the name of another job table; write a different one',
  ]);
});
