import { SignJWT } from "jose";
import { describe, expect, it, vi } from "vitest";
import type { SecretPair } from "./accepted-secrets.ts";
import { requireWakeAuthorization } from "./auth.ts";

const secret = "a-secret";

function wake(authorization?: string, configured: SecretPair = { current: secret }): Promise<void> {
  const headers = authorization === undefined ? {} : { authorization };
  return requireWakeAuthorization(new Request("http://localhost", { headers }), configured, "story");
}

function token(claims: Record<string, unknown> = {}, key = secret, alg = "HS256"): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: "jobstack", aud: "story", iat: now, exp: now + 60, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg, typ: "JWT" }).sign(new TextEncoder().encode(key));
}

const unauthorized = { name: "HttpError", status: 401, message: "unauthorized" };

describe("requireWakeAuthorization", () => {
  it("accepts the secret itself", async () => {
    await expect(wake(`Bearer ${secret}`)).resolves.toBeUndefined();
  });

  it("accepts a fresh token signed with the secret for this queue", async () => {
    await expect(wake(`Bearer ${await token()}`)).resolves.toBeUndefined();
  });

  it.each([
    ["no header", undefined],
    ["another scheme", `Basic ${secret}`],
    ["an empty token", "Bearer "],
    ["another secret", "Bearer a-secrex"],
    ["a part of the secret", "Bearer a-secre"],
    ["something that is no token", "Bearer a.b.c"],
  ])("refuses %s", async (_, authorization) => {
    await expect(wake(authorization)).rejects.toMatchObject(unauthorized);
  });

  it.each([
    ["expired", { exp: Math.floor(Date.now() / 1000) - 120 }],
    ["for another queue", { aud: "other" }],
    ["from another issuer", { iss: "other" }],
    ["without an end", { exp: undefined }],
  ])("refuses a token %s", async (_, claims) => {
    await expect(wake(`Bearer ${await token(claims)}`)).rejects.toMatchObject(unauthorized);
  });

  it("refuses a token signed with another secret", async () => {
    await expect(wake(`Bearer ${await token({}, "other")}`)).rejects.toMatchObject(unauthorized);
  });

  it("refuses a token signed with another algorithm", async () => {
    await expect(wake(`Bearer ${await token({}, secret, "HS512")}`)).rejects.toMatchObject(unauthorized);
  });

  it("accepts the old secret, and tokens signed with it, while it is being changed", async () => {
    const inAMinute = new Date(Date.now() + 60_000).toISOString();
    for (const previous of ["the-old-one", `${inAMinute} the-old-one`]) {
      const pair = { current: secret, previous };
      await expect(wake("Bearer the-old-one", pair)).resolves.toBeUndefined();
      await expect(wake(`Bearer ${await token({}, "the-old-one")}`, pair)).resolves.toBeUndefined();
      await expect(wake(`Bearer ${await token()}`, pair)).resolves.toBeUndefined();
    }
  });

  it("refuses the old secret, and tokens signed with it, once its time is over", async () => {
    const pair = { current: secret, previous: `${new Date(Date.now() - 1).toISOString()} the-old-one` };
    await expect(wake("Bearer the-old-one", pair)).rejects.toMatchObject(unauthorized);
    await expect(wake(`Bearer ${await token({}, "the-old-one")}`, pair)).rejects.toMatchObject(unauthorized);
    await expect(wake(`Bearer ${await token()}`, pair)).resolves.toBeUndefined();
  });

  it.each([undefined, ""])("answers 500 and logs why while the secret is %j", async (configured) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const request = new Request("http://localhost", { headers: { authorization: "Bearer " } });
    const check = requireWakeAuthorization(request, { current: configured, previous: "old" }, "story");
    await expect(check).rejects.toMatchObject({ status: 500, message: "server configuration error" });
    expect(log).toHaveBeenCalledWith("Server configuration error: CRON_SECRET is not set");
    log.mockRestore();
  });
});
