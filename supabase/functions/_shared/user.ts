import { decodeJwt } from "npm:jose@6.2.17";
import { z } from "npm:zod@4.6.7";
import { bearerToken } from "./auth.ts";
import { HttpError } from "./http-error.ts";

/** Who makes the request. */
export interface User {
  readonly id: string;
  /** All claims of the token, as row-level security reads them. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const userClaims = z.looseObject({ sub: z.uuid(), role: z.literal("authenticated") });

/**
 * The signed-in user of a function deployed with `verify_jwt`, where the gateway has checked the signature already.
 * The anonymous and service keys are valid tokens too but stand for no user: a 401, like a token without `sub`.
 */
export function requireUser(request: Request): User {
  const claims = userClaims.safeParse(decodeClaims(bearerToken(request)));
  if (!claims.success) throw new HttpError(401, "unauthorized: sign in and send the user's access token");
  return { id: claims.data.sub, claims: claims.data };
}

function decodeClaims(token: string | null): unknown {
  try {
    return decodeJwt(token ?? "");
  } catch {
    return null;
  }
}
