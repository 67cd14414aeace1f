import { describe, expect, it } from "vitest";
import { describeFailure } from "./describe-failure.ts";
import { PermanentError } from "./permanent-error.ts";

describe("describeFailure", () => {
  it("lets an ordinary error be retried", () => {
    expect(describeFailure(new Error("network down"))).toEqual({ error: "network down", retryable: true });
  });

  it("does not let a PermanentError be retried", () => {
    expect(describeFailure(new PermanentError("no such level"))).toEqual({
      error: "no such level",
      retryable: false,
    });
  });

  it("adds the cause", () => {
    const error = new Error("fetch failed", { cause: new Error("connection refused") });
    expect(describeFailure(error).error).toBe("fetch failed: connection refused");
  });

  it("removes credentials", () => {
    const error = new Error("GET https://x.test/?key=abc123 refused for Bearer abc.def");
    expect(describeFailure(error).error).toBe(
      "GET https://x.test/?key=[redacted] refused for Bearer [redacted]",
    );
  });

  it("cuts a long message and puts it on one line", () => {
    const { error } = describeFailure(new Error(`first\n${"x".repeat(1_000)}`));
    expect(error).toHaveLength(500);
    expect(error.startsWith("first xxx")).toBe(true);
    expect(error.endsWith("…")).toBe(true);
  });

  it.each([
    ["a string", "thrown text", "thrown text"],
    ["nothing", undefined, "undefined"],
    ["an error without a message", new TypeError(""), "TypeError"],
    ["an empty string", "", "failed without a reason"],
  ])("has a reason for %s", (_, thrown, expected) => {
    expect(describeFailure(thrown).error).toBe(expected);
  });
});
