import { SignJWT } from "jose";
import { jwtSecret } from "../../infra/local/local-defaults.ts";

/** The token of a user of the local platform, as Supabase's sign-in gives it. */
export function userToken(user: string, expiry = "1h"): Promise<string> {
  return new SignJWT({ role: "authenticated" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(user)
    .setExpirationTime(expiry)
    .sign(new TextEncoder().encode(jwtSecret));
}
