import { createSecretKey } from "node:crypto";
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";

/** The two keys every Supabase project has: JWTs signed with the project's own secret. */
export interface ApiKeys {
  anon: string;
  serviceRole: string;
}

/** Resolves to what is wrong with an `Authorization` header, or to null when its JWT is good. */
export type JwtCheck = (authorization: string | undefined) => Promise<string | null>;

/** Resolves to the claims of a token; rejects with jose's error. */
export type JwtReader = (token: string) => Promise<JWTPayload>;

/** Issuer and expiry of the keys that `supabase start` prints, so that the default secret gives the same keys. */
const demoClaims = { iss: "supabase-demo", exp: 1_983_812_996 };

/** Reads HS256 only: a token that names another algorithm, or none, is invalid. */
export function createJwtReader(secret: string): JwtReader {
  const key = createSecretKey(secret, "utf8");
  return async (token) => (await jwtVerify(token, key, { algorithms: ["HS256"] })).payload;
}

export function createJwtCheck(secret: string): JwtCheck {
  const read = createJwtReader(secret);
  return async (authorization) => {
    if (authorization === undefined) return "Missing authorization header";
    const token = /^bearer\s+(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return "Invalid JWT";
    try {
      await read(token);
      return null;
    } catch (error) {
      return error instanceof errors.JWTExpired ? "Invalid JWT: it has expired" : "Invalid JWT";
    }
  };
}

/** The project's API keys; deterministic, so they survive a restart without being stored. */
export async function createApiKeys(secret: string): Promise<ApiKeys> {
  const key = createSecretKey(secret, "utf8");
  const sign = (role: string) =>
    new SignJWT({ iss: demoClaims.iss, role, exp: demoClaims.exp })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(key);
  return { anon: await sign("anon"), serviceRole: await sign("service_role") };
}
