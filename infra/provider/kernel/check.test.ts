import { describe, expect, it } from "vitest";
import { z } from "zod";
import { findProblems, knownPart, withDefaults } from "./check.ts";
import { UNKNOWN } from "./properties.ts";

const schema = z.strictObject({
  name: z.string().min(2, "is too short; write two letters"),
  count: z.int().optional(),
  files: z.array(z.strictObject({ sql: z.string() })),
});

describe("findProblems", () => {
  it("reports everything at once, with paths", () => {
    expect(
      findProblems(schema, { name: "a", count: "1", files: [{ sql: 1 }], colour: "red", size: 2 }),
    ).toEqual([
      { path: ["name"], reason: "is too short; write two letters" },
      { path: ["count"], reason: "expected number, received string" },
      { path: ["files", 0, "sql"], reason: "expected string, received number" },
      { path: ["colour"], reason: '"colour" is not an input; remove it' },
      { path: ["size"], reason: '"size" is not an input; remove it' },
    ]);
  });

  it("says of what is missing that it is", () => {
    expect(findProblems(schema, { files: [{}] })).toEqual([
      { path: ["name"], reason: "is missing; give a string" },
      { path: ["files", 0, "sql"], reason: "is missing; give a string" },
    ]);
  });

  it("refuses a zero byte wherever it is, since it would end the text for Postgres", () => {
    const reason = "has a zero byte in it, which no text may have; remove it";
    expect(findProblems(schema, { name: "a\0b", files: [{ sql: "\0" }] })).toEqual([
      { path: ["name"], reason },
      { path: ["files", 0, "sql"], reason },
    ]);
  });

  it("holds nothing against what is not known yet", () => {
    expect(findProblems(schema, { name: UNKNOWN, files: UNKNOWN })).toEqual([]);
    expect(findProblems(schema, { name: "ab", files: [{ sql: UNKNOWN }], count: "1" })).toEqual([
      { path: ["count"], reason: "expected number, received string" },
    ]);
  });
});

it("withDefaults keeps what is given and takes a null for nothing", () => {
  expect(withDefaults({ a: 1, b: null }, { a: 2, b: 3, c: 4 })).toEqual({ a: 1, b: 3, c: 4 });
});

it("knownPart leaves out inputs with anything unknown in them", () => {
  expect(knownPart({ a: 1, b: UNKNOWN, c: [{ d: UNKNOWN }] })).toEqual({ a: 1 });
});
