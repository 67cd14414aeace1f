import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinNames, splitNames, takeNames } from "./qualified-name.ts";

describe("names joined with dots", () => {
  it("come back as they were, whatever is in them", () => {
    const name = fc.string({
      minLength: 1,
      unit: fc.constantFrom("a", "B", ".", '"', " ", "'", "\\", "(", "é"),
    });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        expect(splitNames(joinNames(names), names.length)).toEqual(names);
      }),
    );
  });

  it("bear quotes only where a dot, a quote or a parenthesis makes them needed", () => {
    expect(joinNames(["work", "Odd name", "on insert"])).toBe("work.Odd name.on insert");
    expect(joinNames(["my.schema", 'a"b', "t"])).toBe('"my.schema"."a""b".t');
    expect(joinNames(["my.role"])).toBe("my.role");
  });

  it("may bear quotes anywhere when they are read", () => {
    expect(splitNames('"work".job."the trigger"', 3)).toEqual(["work", "job", "the trigger"]);
    expect(splitNames('"my.role"', 1)).toEqual(["my.role"]);
    expect(splitNames("my.role", 1)).toEqual(["my.role"]);
  });

  it("are nothing where there are too many or too few, or a quote is not closed", () => {
    for (const text of ["", "a", "a.b.c", "a.", ".b", '"a.b', '"a"b.c', 'a."b"c']) {
      expect({ text, names: splitNames(text, 2) }).toEqual({ text, names: undefined });
    }
  });

  it("may be followed by something else", () => {
    expect(takeNames('work."f(x)"(integer)', 2)).toEqual({ names: ["work", "f(x)"], rest: "(integer)" });
    expect(takeNames("work.f(integer)", 2)).toEqual({ names: ["work", "f"], rest: "(integer)" });
  });
});
