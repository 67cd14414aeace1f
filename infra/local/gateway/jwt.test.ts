import { createSecretKey } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createApiKeys, createJwtCheck } from "./jwt.ts";

const secret = "super-secret-jwt-token-with-at-least-32-characters-long";
const check = createJwtCheck(secret);

function sign(claims: Record<string, unknown>, alg = "HS256", by = secret): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(createSecretKey(by, "utf8"));
}

describe("createJwtCheck", () => {
  it("accepts a token signed with the project's secret", async () => {
    const token = await sign({ aud: "story", exp: Math.floor(Date.now() / 1000) + 60 });
    expect(await check(`Bearer ${token}`)).toBeNull();
  });

  it("names a missing header", async () => {
    expect(await check(undefined)).toBe("Missing authorization header");
  });

  it("says that an expired token expired", async () => {
    expect(await check(`Bearer ${await sign({ exp: 1_000 })}`)).toBe("Invalid JWT: it has expired");
  });

  it.each([
    ["another secret", () => sign({ role: "anon" }, "HS256", "another-secret-of-at-least-32-characters")],
    ["another algorithm", () => sign({ role: "anon" }, "HS512", secret.padEnd(64, "x"))],
    ["no signature", async () => new UnsecuredJWT({ role: "anon" }).encode()],
    ["no JWT at all", async () => "sbp_0123"],
    ["two words", async () => "a b"],
  ])("refuses a token with %s", async (_case, token) => {
    expect(await check(`Bearer ${await token()}`)).toBe("Invalid JWT");
  });

  it("refuses another scheme than Bearer", async () => {
    expect(await check("Basic dXNlcjpwdw==")).toBe("Invalid JWT");
  });
});

describe("createApiKeys", () => {
  it("gives the keys of `supabase start` for its default secret", async () => {
    const keys = await createApiKeys(secret);
    expect(keys.anon).toBe(
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0",
    );
    expect(keys.serviceRole).toBe(
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImV4cCI6MTk4MzgxMjk5Nn0.EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU",
    );
  });

  it("gives keys that the gateway accepts", async () => {
    const { anon } = await createApiKeys(secret);
    expect(await check(`Bearer ${anon}`)).toBeNull();
  });
});
