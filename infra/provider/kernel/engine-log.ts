import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import type * as EngineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type * as EngineMessages from "@pulumi/pulumi/proto/engine_pb.js";

const require = createRequire(import.meta.url);
const services = require("@pulumi/pulumi/proto/engine_grpc_pb.js") as typeof EngineServices;
const messages = require("@pulumi/pulumi/proto/engine_pb.js") as typeof EngineMessages;

/** Where messages go: beside the resource in Pulumi's display. */
export interface EngineLog {
  warn(urn: string, message: string): void;
  info(urn: string, message: string): void;
}

/** The log of the engine at `address`; without one (a provider started by hand) the process's standard error. */
export function connectEngineLog(address: string | undefined): EngineLog {
  if (address === undefined) {
    return {
      warn: (urn, message) => console.error(`warning: ${urn}: ${message}`),
      info: (urn, message) => console.error(`info: ${urn}: ${message}`),
    };
  }
  const client = new services.EngineClient(address, grpc.credentials.createInsecure());
  const log = (severity: EngineMessages.LogSeverity) => (urn: string, message: string) => {
    const request = new messages.LogRequest();
    request.setSeverity(severity);
    request.setUrn(urn);
    request.setMessage(message);
    // A message that cannot be shown must not fail the deployment.
    client.log(request, () => {});
  };
  return { warn: log(messages.LogSeverity.WARNING), info: log(messages.LogSeverity.INFO) };
}
