import { describe, expect, it } from "vitest";
import { claimWindowEnd } from "./claim-window.ts";

describe("claimWindowEnd", () => {
  it("keeps time free before the expected end", () => {
    expect(claimWindowEnd({ limitMs: 150_000, latestRequestMs: 10_000, drainMs: 60_000 })).toBe(90_000);
  });

  it("moves on when a late request proves a longer life", () => {
    expect(claimWindowEnd({ limitMs: 150_000, latestRequestMs: 91_000, drainMs: 60_000 })).toBe(122_000);
  });

  it("never closes where nothing ends the isolate", () => {
    const limitMs = Number.POSITIVE_INFINITY;
    expect(claimWindowEnd({ limitMs, latestRequestMs: 1, drainMs: 60_000 })).toBe(Number.POSITIVE_INFINITY);
  });
});
