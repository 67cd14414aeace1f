import Fastify, { type FastifyInstance } from "fastify";
import { addAlertReceivers } from "./alert-routes.ts";
import { addApplication } from "./application-routes.ts";
import { addGenerator } from "./generator-routes.ts";

/**
 * What the systems call in the world outside, in one server: the generator of stories and cards, the packs' application and receivers
 * of alerts. Logs nothing, because requests carry users' keys.
 */
export function buildUpstream(): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: "idle" });
  addGenerator(server);
  addApplication(server);
  addAlertReceivers(server);
  return server;
}
