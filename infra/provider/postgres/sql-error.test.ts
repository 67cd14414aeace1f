import { expect, it } from "vitest";
import { UserError } from "../kernel/user-error.ts";
import { explainSqlError, isPassing } from "./sql-error.ts";

const serverError = (code: string, message: string, more = {}) =>
  Object.assign(new Error(message), { code, ...more });
const explain = (error: unknown) => explainSqlError(error, 'cron job "tick"');

it("says what is wrong and what to do, with the SQLSTATE", () => {
  expect(explain(serverError("42501", "permission denied for schema cron")).message).toBe(
    'cron job "tick": permission denied for schema cron [SQLSTATE 42501]; grant that privilege to the role of databaseUrl, or deploy as the owner of the object',
  );
});

it("shows the server's hint where it has no advice of its own", () => {
  expect(explain(serverError("22000", "bad", { hint: "do better" })).message).toBe(
    'cron job "tick": bad [SQLSTATE 22000]; do better',
  );
});

it("keeps detail and position to itself, for they quote data", () => {
  const error = serverError("23505", "duplicate key", {
    detail: "Key (secret)=(canary) exists.",
    where: "canary",
  });
  expect(explain(error).message).toBe('cron job "tick": duplicate key [SQLSTATE 23505]');
});

it("names dependents, without which nobody could act", () => {
  const error = serverError("2BP01", "cannot drop function f()", {
    detail: "trigger a depends on f()\nview b depends on f()",
  });
  expect(explain(error).message).toBe(
    'cron job "tick": cannot drop function f() (trigger a depends on f(), view b depends on f()) [SQLSTATE 2BP01]; drop or change what depends on it first; nothing is ever dropped with cascade',
  );
});

it("adds nothing to an error that says what it is about", () => {
  expect(explain(serverError("22023", 'cron job "tick": is odd')).message).toBe('cron job "tick": is odd');
});

it.each([
  [
    Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), {
      code: "ECONNREFUSED",
      syscall: "connect",
    }),
    "connect ECONNREFUSED 127.0.0.1:1",
  ],
  [Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  [new Error("timeout exceeded when trying to connect"), "timeout exceeded when trying to connect"],
  [new Error("Connection terminated unexpectedly"), "Connection terminated unexpectedly"],
])("says where to look when the database cannot be reached (%#)", (error, reason) => {
  expect(explain(error).message).toBe(
    `cron job "tick": the database cannot be reached (${reason}); check that the server runs, and that databaseUrl names the right host, port, user and database`,
  );
});

it("leaves errors alone that are not the database's", () => {
  const mistake = new TypeError("undefined is not a function");
  expect(explain(mistake)).toBe(mistake);
  const known = new UserError("known");
  expect(explain(known)).toBe(known);
  const missing = Object.assign(new Error("no such file"), { code: "ENOENT", syscall: "open" });
  expect(explain(missing)).toBe(missing);
});

it("takes lock conflicts, and only these, for passing", () => {
  const passing = ["55P03", "40P01", "40001", "57014", "42501", "ECONNREFUSED"].filter((code) =>
    isPassing(serverError(code, "")),
  );
  expect(passing).toEqual(["55P03", "40P01", "40001"]);
});
