import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson } from "./encode-json.ts";

describe("encodeJson", () => {
  it("removes null characters, in keys too", () => {
    expect(encodeJson({ "a\0b": "c\0d" })).toBe('{"ab":"cd"}');
  });

  it("replaces lone surrogates and keeps pairs", () => {
    expect(encodeJson(["\ud83d", "\udc00", "😀"])).toBe('["\ufffd","\ufffd","😀"]');
  });

  it("keeps text that only looks like an escape", () => {
    expect(encodeJson("\\u0000 \\ud83d")).toBe(JSON.stringify("\\u0000 \\ud83d"));
  });

  it("writes null for what JSON cannot hold", () => {
    expect(encodeJson(undefined)).toBe("null");
  });

  it("never yields a character that jsonb refuses", () => {
    const strings = fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\0", "\ud800", "\udfff", "\\")),
    );
    fc.assert(
      fc.property(strings, (parts) => {
        const decoded = JSON.parse(encodeJson(parts.join("")));
        return !decoded.includes("\0") && !/\p{Surrogate}/u.test(decoded);
      }),
    );
  });
});
