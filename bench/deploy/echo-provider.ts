// A provider that does nothing, over the same protocol and asking for the same refresh as ours: what a deployment with
// it costs is the engine's and the SDK's share.
import * as grpc from "@grpc/grpc-js";
import {
  Empty,
  type ProviderMessages as Messages,
  messages,
  PluginInfo,
  services,
} from "../../infra/provider/kernel/protocol.ts";

type Handler = (request: never) => unknown;

const methods: Record<string, Handler> = {
  handshake: () => new messages.ProviderHandshakeResponse().setAcceptSecrets(true),
  getPluginInfo: () => new PluginInfo().setVersion("0.0.1"),
  checkConfig: (request: Messages.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews()),
  diffConfig: () => new messages.DiffResponse(),
  configure: () => {
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    return response;
  },
  check: (request: Messages.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews()),
  diff: () => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE),
  create: (request: Messages.CreateRequest) =>
    new messages.CreateResponse()
      .setId(request.getName())
      .setProperties(request.getProperties())
      .setRefreshBeforeUpdate(true),
  read: (request: Messages.ReadRequest) =>
    new messages.ReadResponse()
      .setId(request.getId())
      .setInputs(request.getInputs())
      .setProperties(request.getProperties())
      .setRefreshBeforeUpdate(true),
  delete: () => new Empty(),
  cancel: () => new Empty(),
};

const unary =
  (handler: Handler): grpc.handleUnaryCall<unknown, unknown> =>
  (call, callback) =>
    callback(null, handler(call.request as never));

const server = new grpc.Server();
server.addService(
  services.ResourceProviderService,
  Object.fromEntries(Object.entries(methods).map(([name, handler]) => [name, unary(handler)])),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_error, port) =>
  process.stdout.write(`${port}\n`),
);
