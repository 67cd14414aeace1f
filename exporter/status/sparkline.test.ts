import { expect, it } from "vitest";
import { html } from "./html.ts";
import { sparkline } from "./sparkline.ts";

const draw = (series: number[]) => html`${sparkline({ of: "jobs waiting", series, text: String })}`.text;
const path = (series: number[]) => / d="([^"]*)"\/><\/svg>/.exec(draw(series))?.[1];

it("says what it shows in words", () => {
  expect(draw([3, 9, 4])).toContain(
    'role="img" aria-label="jobs waiting in the last 3 hours: from 3 to 9, last 4"',
  );
});

it("says in words that nothing is known yet", () => {
  expect(draw([])).toContain("no history of jobs waiting yet");
  expect(draw([Number.NaN, 4])).not.toContain("<svg");
});

it("draws steps from 0 up to the highest value", () => {
  expect(path([0, 0, 0, 5, 5, 5, 10, 10, 10])).toBe("M114 22H116V12H118V2H120");
});

it("draws nothing where nothing is known", () => {
  const none = Number.NaN;
  expect(path([1, 1, 1, none, none, none, 1, 1, 1])).toBe("M114 2H116M118 2H120");
});

it("lies at the bottom when all is 0", () => {
  expect(path([0, 0, 0, 0, 0, 0])).toBe("M116 22H120");
});
