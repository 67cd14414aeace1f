import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../local/workspace.ts";
import { resources } from "./resources.ts";

/** By resource, the words in backquotes of its rows in the table. */
function factsInDocs(text: string): Map<string, Set<string>> {
  const facts = new Map<string, Set<string>>();
  let kind = "";
  for (const line of text.split("\n").filter((each) => each.startsWith("| "))) {
    const [, resource = "", named = ""] = line.split("|");
    kind = /`(\w+)`/.exec(resource)?.[1] ?? kind;
    const known = facts.get(kind) ?? new Set();
    for (const [, fact = ""] of named.matchAll(/`(\w+)`/g)) known.add(fact);
    facts.set(kind, known);
  }
  return facts;
}

describe("docs/drift.md", () => {
  const text = readFileSync(`${projectRoot}/docs/drift.md`, "utf8");
  const facts = factsInDocs(text);

  it("has rows for each resource, and for no other", () => {
    expect([...facts.keys()].filter((kind) => kind !== "").sort()).toEqual(
      resources.map(({ kind }) => kind).sort(),
    );
  });

  it("names every fact that a preview shows as an input", () => {
    for (const { kind, shownAs } of resources) {
      // Of a queue each setting is a fact.
      if (kind === "Queue") continue;
      const missing = Object.keys(shownAs).filter((fact) => !facts.get(kind)?.has(fact));
      expect({ kind, missing }).toEqual({ kind, missing: [] });
    }
  });
});
