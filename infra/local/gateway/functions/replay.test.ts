import { describe, expect, it } from "vitest";
import { mayReplay } from "./replay.ts";

const failure = (code: string) => Object.assign(new Error("broken"), { code });
const get = { method: "GET", hasBody: false, bodyTouched: false };
const post = { method: "POST", hasBody: true, bodyTouched: false };

describe("mayReplay", () => {
  it("replays any request that found no listener", () => {
    expect(mayReplay({ ...get, error: failure("ECONNREFUSED") })).toBe(true);
    expect(mayReplay({ ...post, error: failure("ECONNREFUSED") })).toBe(true);
  });

  it("replays a bodiless GET whose connection broke", () => {
    expect(mayReplay({ ...get, error: failure("UND_ERR_SOCKET") })).toBe(true);
    expect(mayReplay({ ...get, error: failure("ECONNRESET") })).toBe(true);
  });

  it("does not replay a POST whose connection broke: it may have run", () => {
    expect(mayReplay({ ...post, error: failure("ECONNRESET") })).toBe(false);
    expect(mayReplay({ ...post, hasBody: false, error: failure("ECONNRESET") })).toBe(false);
  });

  it("does not replay a body that was read already", () => {
    expect(mayReplay({ ...post, bodyTouched: true, error: failure("ECONNREFUSED") })).toBe(false);
  });

  it("does not replay after another kind of error", () => {
    expect(mayReplay({ ...get, error: new Error("timeout") })).toBe(false);
  });
});
