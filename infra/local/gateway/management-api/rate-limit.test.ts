import { expect, it } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

it("allows the limit within a minute and refuses the next request", () => {
  const check = createRateLimit(2, () => 1_000);
  expect(check()).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 });
  expect(check().allowed).toBe(true);
  expect(check()).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 60 });
});

it("allows again when the minute is over, and says when that is", () => {
  let now = 0;
  const check = createRateLimit(1, () => now);
  check();
  now = 45_500;
  expect(check()).toMatchObject({ allowed: false, resetSeconds: 15 });
  now = 60_000;
  expect(check().allowed).toBe(true);
});

it("never refuses with a limit of 0", () => {
  const check = createRateLimit(0, () => 0);
  expect([check(), check(), check()].every((verdict) => verdict.allowed)).toBe(true);
});
