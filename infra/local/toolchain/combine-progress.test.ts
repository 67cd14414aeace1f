import { expect, it } from "vitest";
import { combineProgress } from "./combine-progress.ts";

it("shows the latest line of each part and forgets a part that is done", () => {
  const lines: string[] = [];
  const say = combineProgress((line) => lines.push(line));
  say("packages", "downloading");
  say("pulumi", "building, 1 of 9");
  say("packages", "installing");
  say("packages", undefined);
  expect(lines).toEqual([
    "downloading",
    "downloading; building, 1 of 9",
    "installing; building, 1 of 9",
    "building, 1 of 9",
  ]);
});

it("says nothing twice, and nothing when all is done", () => {
  const lines: string[] = [];
  const say = combineProgress((line) => lines.push(line));
  say("pulumi", "building");
  say("pulumi", "building");
  say("pulumi", undefined);
  expect(lines).toEqual(["building"]);
});
