import { describe, expect, it } from "vitest";
import { redact } from "./redact.ts";

describe("redact", () => {
  it.each([
    ["the key AIzaSyA1234567890abcdefghijk is bad", "the key [redacted] is bad"],
    ["token eyJhbGciOi.eyJzdWIi.c2ln expired", "token [redacted] expired"],
    ["authorization: bearer abc", "authorization: bearer [redacted]"],
    ["https://x.test/a?api_key=abc&b=1", "https://x.test/a?api_key=[redacted]&b=1"],
    ["postgresql://postgres:pass@host:5432/db", "postgresql://postgres:[redacted]@host:5432/db"],
    ["sb_secret_abcDEF", "[redacted]"],
  ])("removes what looks like a credential from %j", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it("removes the given secrets wherever they stand", () => {
    expect(redact("a hunter2 b hunter2", ["hunter2", ""])).toBe("a [redacted] b [redacted]");
  });

  it("keeps ordinary text", () => {
    expect(redact("job 7 took 12 ms at http://localhost:54321/functions")).toBe(
      "job 7 took 12 ms at http://localhost:54321/functions",
    );
  });
});
