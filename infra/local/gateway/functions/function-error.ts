import type { FastifyReply } from "fastify";

/** Answers in the gateway's own name, in Supabase's shape; the header tells it from an answer of the function. */
export function sendFunctionError(
  reply: FastifyReply,
  status: number,
  code: string | number,
  message: string,
): FastifyReply {
  return reply.code(status).header("sb-error-code", String(code)).send({ code, message });
}
