import { setTimeout as pause } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { Database } from "../postgres/database.ts";
import { explainSqlError } from "../postgres/sql-error.ts";
import { ManagementApi } from "../supabase/management-api.ts";
import { checkConfig, diffConfig, parseConfig } from "./config-methods.ts";
import type { EngineLog } from "./engine-log.ts";
import { packageSchema } from "./package-schema.ts";
import { Empty, type ProviderMessages as Messages, messages, PluginInfo, services } from "./protocol.ts";
import { millisecondsOf, secretsOfConfig } from "./provider-config.ts";
import type { PropertiesRequest } from "./request-secrets.ts";
import type { Resource } from "./resource.ts";
import { ResourceService } from "./service.ts";
import { untilAborted } from "./until-aborted.ts";
import { UserError } from "./user-error.ts";

/** What the provider consists of. */
export interface ProviderDefinition {
  name: string;
  version: string;
  resources: readonly Resource[];
}

const CANCELLED = "the deployment was cancelled before this was changed; deploy again to go on";

/** Serves the provider's protocol on a free port of the loopback interface and returns the port. */
export async function serveProvider(definition: ProviderDefinition, log: EngineLog): Promise<number> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const service = new ResourceService(definition.name, definition.resources, log);
  server.addService(services.ResourceProviderService, methods(definition, service));
  return await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function methods(
  definition: ProviderDefinition,
  service: ResourceService,
): grpc.UntypedServiceImplementation {
  const cancellation = new AbortController();
  const provider = (answer: (request: never) => unknown) => unary(answer, service, () => "provider jobstack");
  const resource = (answer: (request: never) => unknown) =>
    unary(answer, service, (request: ResourceRequest) => service.describe(request));
  return {
    handshake: provider(handshakeResponse),
    getPluginInfo: provider(() => new PluginInfo().setVersion(definition.version)),
    getSchema: provider(() => new messages.GetSchemaResponse().setSchema(packageSchema(definition))),
    checkConfig: provider(checkConfig),
    diffConfig: provider(diffConfig),
    configure: provider((request: Messages.ConfigureRequest) =>
      configure(service, request, cancellation.signal),
    ),
    cancel: provider(() => {
      cancellation.abort(new UserError(CANCELLED));
      return new Empty();
    }),
    check: resource((request: Messages.CheckRequest) => service.check(request)),
    diff: resource((request: Messages.DiffRequest) => service.diff(request)),
    create: resource((request: Messages.CreateRequest) => service.create(request)),
    read: resource((request: Messages.ReadRequest) => service.read(request)),
    update: resource((request: Messages.UpdateRequest) => service.update(request)),
    delete: resource((request: Messages.DeleteRequest) => service.delete(request)),
  };
}

type ResourceRequest = PropertiesRequest & { getType(): string; getUrn(): string; getId?(): string };

function unary<Request extends PropertiesRequest>(
  answer: (request: never) => unknown,
  service: ResourceService,
  describe: (request: Request) => string,
): grpc.handleUnaryCall<Request, unknown> {
  return async (call, callback) => {
    try {
      callback(null, await answer(call.request as never));
    } catch (error) {
      const explained = explainSqlError(error, describe(call.request));
      const { redact } = service.redactorFor(call.request);
      if (!(explained instanceof UserError)) console.error(redact(explained.stack ?? explained.message));
      callback({ code: grpc.status.UNKNOWN, details: redact(explained.message) });
    }
  };
}

function configure(
  service: ResourceService,
  request: Messages.ConfigureRequest,
  signal: AbortSignal,
): Messages.ConfigureResponse {
  const config = parseConfig(request);
  const clock = { now: Date.now, pause: (ms: number) => untilAborted(pause(ms), signal) };
  const api = new ManagementApi({ ...config, timeoutMs: millisecondsOf(config.apiTimeout), clock });
  const world = { database: new Database({ ...config, signal }), api };
  service.configure(world, secretsOfConfig(config));
  const response = new messages.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  return response;
}

function handshakeResponse(): Messages.ProviderHandshakeResponse {
  const response = new messages.ProviderHandshakeResponse();
  response.setAcceptSecrets(true);
  return response;
}
