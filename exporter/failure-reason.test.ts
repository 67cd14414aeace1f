import { expect, it } from "vitest";
import { ConnectionError } from "./database.ts";
import { DeadlineError } from "./deadline.ts";
import { failureReason } from "./failure-reason.ts";
import { sqlError } from "./testing/fake-database.ts";

it.each([
  ["57014", "timeout"],
  ["55P03", "lock_timeout"],
  ["42501", "permission"],
  ["08006", "connection"],
  ["28P01", "connection"],
  ["53300", "connection"],
  ["57P01", "connection"],
  ["ECONNRESET", "connection"],
  ["3F000", "missing_function"],
  ["42883", "missing_function"],
  ["JT001", "description"],
  ["JT002", "missing_index"],
  ["42P01", "missing_extension"],
  ["22012", "query"],
  ["53200", "query"],
])("takes an error with code %s for %s", (code, reason) => {
  expect(failureReason(sqlError(code))).toBe(reason);
});

it("tells own errors and lost connections apart", () => {
  expect(failureReason(new DeadlineError("late"))).toBe("timeout");
  expect(failureReason(new ConnectionError("down"))).toBe("connection");
  expect(failureReason(new Error("Connection terminated unexpectedly"))).toBe("connection");
  expect(failureReason(new TypeError("x is undefined"))).toBe("query");
  expect(failureReason("odd")).toBe("query");
});
