import { describe, expect, it } from "vitest";
import { findExpressionProblem } from "./expression.ts";

describe("findExpressionProblem", () => {
  it.each([
    "status = 'open'",
    "(a or b) and not (c)",
    "name = ') or ('",
    '"odd ) name" is not null',
    "note = $x$) , ($x$ -- )",
    "a = 1 /* ) */",
  ])("accepts %s", (text) => {
    expect(findExpressionProblem(text)).toBeUndefined();
  });

  it.each([
    ["", "must not be empty"],
    [" \n", "must not be empty"],
    ["true; drop table t", "must be one expression, without a semicolon"],
    ["true;", "must be one expression, without a semicolon"],
    ["-- nothing", "must be one expression, without a semicolon"],
    ["true), secret where (true", "has a parenthesis without its counterpart; write one whole expression"],
    ["(true", "has a parenthesis without its counterpart; write one whole expression"],
  ])("refuses %j", (text, problem) => {
    expect(findExpressionProblem(text)).toBe(problem);
  });
});
