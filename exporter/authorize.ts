import { createHash, timingSafeEqual } from "node:crypto";
import { compare } from "bcryptjs";
import type { Access, User } from "./access.ts";

/** Whether a request's `Authorization` header opens. */
export type Authorize = (access: Access, header: string | undefined) => Promise<boolean>;

/**
 * Comparisons take the same time whatever is wrong. A password that a hash accepted is remembered as a digest: bcrypt is
 * slow on purpose, and Prometheus sends the same one with every scrape.
 */
export function createAuthorize(): Authorize {
  /** The password's digest by the hash that accepted it. */
  const accepted = new Map<string, Buffer>();

  const fits = async (user: User, password: string): Promise<boolean> => {
    if ("password" in user) return isSame(user.password, password);
    const known = accepted.get(user.passwordHash);
    if (known) return timingSafeEqual(known, digest(password));
    const right = await compare(password, user.passwordHash);
    if (right) accepted.set(user.passwordHash, digest(password));
    return right;
  };

  return async ({ bearerToken, users }, header = "") => {
    const [scheme = "", credentials = ""] = header.split(" ", 2);
    if (/^bearer$/i.test(scheme)) return bearerToken !== null && isSame(bearerToken, credentials);
    if (!/^basic$/i.test(scheme)) return false;
    const text = Buffer.from(credentials, "base64").toString();
    const colon = text.indexOf(":");
    const named = users.find(({ name }) => isSame(name, text.slice(0, colon)));
    // For an unknown name as much is computed as for a known one.
    const user = named ?? users[0];
    if (colon < 0 || user === undefined) return false;
    return (await fits(user, text.slice(colon + 1))) && named !== undefined;
  };
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
