import { describe, expect, it } from "vitest";
import { splitWords } from "./split-words.ts";

describe("splitWords", () => {
  it("splits at blanks, and finds no word in nothing", () => {
    expect(splitWords("  --import=tsx   --max-old-space-size=64\n")).toEqual([
      "--import=tsx",
      "--max-old-space-size=64",
    ]);
    expect(splitWords(" ")).toEqual([]);
  });

  it("keeps together what quotes and backslashes group", () => {
    expect(splitWords(`--import="a b".mjs --title='it is "so"' a\\ b "say \\"x\\""`)).toEqual([
      "--import=a b.mjs",
      '--title=it is "so"',
      "a b",
      'say "x"',
    ]);
  });
});
