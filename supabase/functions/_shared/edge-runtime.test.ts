import { describe, expect, it } from "vitest";
import { isolateLimitMs } from "./edge-runtime.ts";

const limit = (env: Record<string, string>) => isolateLimitMs((name) => env[name]);

describe("isolateLimitMs", () => {
  it("expects the shortest life in Supabase's runtime", () => {
    expect(limit({ SB_EXECUTION_ID: "x" })).toBe(150_000);
  });

  it("expects none elsewhere", () => {
    expect(limit({})).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes what is configured, and 0 for no limit", () => {
    expect(limit({ SB_EXECUTION_ID: "x", WORKER_WALL_CLOCK_SECONDS: "400" })).toBe(400_000);
    expect(limit({ SB_EXECUTION_ID: "x", WORKER_WALL_CLOCK_SECONDS: "0" })).toBe(Number.POSITIVE_INFINITY);
  });
});
