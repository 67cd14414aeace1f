import { expect, it } from "vitest";
import { scrapeBudget } from "./scrape-budget.ts";

it("leaves half a second of what Prometheus gives", () => {
  expect(scrapeBudget("4")).toBe(3500);
});

it("takes ten seconds when Prometheus does not say", () => {
  expect(scrapeBudget(undefined)).toBe(9500);
  expect(scrapeBudget("soon")).toBe(9500);
  expect(scrapeBudget("0")).toBe(9500);
  expect(scrapeBudget("-3")).toBe(9500);
});

it("stays within sensible bounds", () => {
  expect(scrapeBudget("0.2")).toBe(500);
  expect(scrapeBudget("1e9")).toBe(59_500);
});
