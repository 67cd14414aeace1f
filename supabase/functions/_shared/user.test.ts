import { describe, expect, it } from "vitest";
import { userToken } from "./testing/user-token.ts";
import { requireUser } from "./user.ts";

const id = "00000000-0000-4000-8000-00000000000a";

function userOf(authorization?: string) {
  const headers = authorization === undefined ? {} : { authorization };
  return requireUser(new Request("http://localhost", { headers }));
}

describe("requireUser", () => {
  it("reads the user and all claims from the token", () => {
    const claims = { sub: id, role: "authenticated", app_metadata: { team: "x" } };
    expect(userOf(`Bearer ${userToken(claims)}`)).toEqual({ id, claims });
  });

  it.each([
    ["no header", undefined],
    ["no token", "Bearer abc"],
    ["the anonymous key", `Bearer ${userToken({ role: "anon" })}`],
    ["the service key", `Bearer ${userToken({ role: "service_role" })}`],
    ["a token without a user", `Bearer ${userToken({ role: "authenticated" })}`],
    ["a user id that is no uuid", `Bearer ${userToken({ role: "authenticated", sub: "1" })}`],
  ])("refuses %s", (_, authorization) => {
    expect(() => userOf(authorization)).toThrow(expect.objectContaining({ status: 401 }));
  });
});
