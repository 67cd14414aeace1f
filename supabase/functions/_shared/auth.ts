import { jwtVerify } from "npm:jose@6.2.17";
import { acceptedSecrets, type SecretPair } from "./accepted-secrets.ts";
import { HttpError } from "./http-error.ts";

/**
 * Lets a wake-up of `queue` pass: `Authorization: Bearer` with either the secret itself (a cron job, an operator's
 * curl) or the short-lived HS256 token that the database signs with it. While the secret is being changed, the old one
 * is as good. Throws a 401, or a 500 while the function has no secret.
 */
export async function requireWakeAuthorization(
  request: Request,
  secret: SecretPair,
  queue: string,
): Promise<void> {
  if (secret.current === undefined || secret.current === "") {
    console.error("Server configuration error: CRON_SECRET is not set");
    throw new HttpError(500, "server configuration error");
  }
  const presented = bearerToken(request);
  if (presented === null) throw new HttpError(401, "unauthorized");
  for (const accepted of acceptedSecrets(secret, Date.now())) {
    if (await sameSecret(presented, accepted)) return;
    if (await isWakeToken(presented, accepted, queue)) return;
  }
  throw new HttpError(401, "unauthorized");
}

/** The token of an `Authorization: Bearer` header, if there is one. */
export function bearerToken(request: Request): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/** Compares digests, so that the time taken says nothing about where, or in what length, the two differ. */
async function sameSecret(presented: string, secret: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(presented), digest(secret)]);
  return left.reduce((difference, byte, index) => difference | (byte ^ (right[index] ?? 0)), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

async function isWakeToken(token: string, secret: string, queue: string): Promise<boolean> {
  try {
    await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ["HS256"],
      issuer: "jobstack",
      audience: queue,
      requiredClaims: ["exp"],
      // The database's clock and ours may differ a little.
      clockTolerance: 30,
    });
    return true;
  } catch {
    return false;
  }
}
