import type { FastifyRequest } from "fastify";
import type { JWTPayload } from "jose";
import type { JwtReader } from "../jwt.ts";

/** Who makes a request: the claims of its token, and those of role anon when it has no good one. */
export interface Caller {
  claims: JWTPayload & { role?: string };
  /** What is wrong with the token; null for a good one. */
  problem: string | null;
}

export type IdentifyCaller = (request: FastifyRequest) => Promise<Caller>;

/** The storage server itself, whom no policy holds. */
export const service: Caller = { claims: { role: "service_role" }, problem: null };

/** Reads the bearer token of a request. */
export function createIdentifyCaller(readJwt: JwtReader): IdentifyCaller {
  return async (request) => {
    const token = (request.headers.authorization ?? "").replace(/^bearer\s+/i, "");
    try {
      return { claims: await readJwt(token), problem: null };
    } catch (error) {
      return { claims: { role: "anon" }, problem: (error as Error).message };
    }
  };
}
