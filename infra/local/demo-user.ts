import { SignJWT } from "jose";
import { jwtSecret } from "./local-defaults.ts";

/** Ada, whom the local database knows from its first start (see postgres/baseline/demo-users.sql). */
export const demoUserId = "00000000-0000-4000-8000-000000000001";

/** A token as Supabase's sign-in gives it, but good until the year 2100, so that examples can be pasted any day. */
export function demoUserToken(): Promise<string> {
  return new SignJWT({ role: "authenticated", email: "ada@example.com" })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(demoUserId)
    .setAudience("authenticated")
    .setIssuer("jobstack-local")
    .setIssuedAt(0)
    .setExpirationTime(new Date("2100-01-01"))
    .sign(new TextEncoder().encode(jwtSecret));
}
