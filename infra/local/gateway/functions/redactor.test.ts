import { describe, expect, it } from "vitest";
import { createRedactor } from "./redactor.ts";

describe("createRedactor", () => {
  it("leaves a text without secrets alone", () => {
    expect(createRedactor([])("nothing to hide")).toBe("nothing to hide");
  });

  it("replaces every occurrence, with characters that mean something in a pattern", () => {
    expect(createRedactor(["p$(a.b)*"])("x p$(a.b)* y p$(a.b)*")).toBe("x [redacted] y [redacted]");
  });

  it("replaces URL-encoded and JSON-encoded forms", () => {
    const redact = createRedactor(['k/e "y" 1']);
    expect(redact(`?key=${encodeURIComponent('k/e "y" 1')}`)).toBe("?key=[redacted]");
    expect(redact(JSON.stringify({ key: 'k/e "y" 1' }))).toBe('{"key":"[redacted]"}');
  });

  it("replaces the lines of a secret that has several", () => {
    expect(createRedactor(["first-line\nsecond-line"])("at second-line")).toBe("at [redacted]");
  });

  it("replaces the longer of two secrets that overlap", () => {
    expect(createRedactor(["secret", "secret-two"])("a secret-two")).toBe("a [redacted]");
  });

  it("leaves values too short to be secrets", () => {
    expect(createRedactor(["true", ""])("it is true")).toBe("it is true");
  });
});
