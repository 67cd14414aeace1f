import { expect, it } from "vitest";
import { UserError } from "../../user-error.ts";
import { mergeErrors } from "./merge-errors.ts";

const fine = { status: "fulfilled", value: 1 } as const;
const failed = (reason: unknown) => ({ status: "rejected", reason }) as const;
const aborted = new DOMException("This operation was aborted", "AbortError");

it("keeps a single error as it is", () => {
  const error = new UserError("no Postgres");
  expect(mergeErrors([fine, failed(error)])).toBe(error);
});

it("lists the errors of both parts", () => {
  const merged = mergeErrors([
    failed(new UserError("no Postgres", ["pg_cron"])),
    failed(new UserError("no Go")),
  ]);
  expect(merged).toMatchObject({
    message:
      "toolchain: not complete; mend these and run this again\n  - no Postgres\n      - pg_cron\n  - no Go",
  });
});

it("leaves out a part that was given up because of the other", () => {
  const error = new UserError("no Postgres");
  expect(mergeErrors([failed(error), failed(aborted)])).toBe(error);
});

it("hands on the abort when the caller asked for it", () => {
  expect(mergeErrors([failed(aborted), fine])).toBe(aborted);
});

it("does not hide a mistake of the program behind one of the user", () => {
  const bug = new TypeError("x is undefined");
  expect(mergeErrors([failed(new UserError("no Go")), failed(bug)])).toBe(bug);
});
