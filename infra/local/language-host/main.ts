// Stands in for the executable of the same name in an official Pulumi install, and runs Node programs as that one does.
import * as grpc from "@grpc/grpc-js";
import { exitWithParent } from "../../provider/kernel/exit-with-parent.ts";
import { languageService } from "./language-service.ts";
import { services } from "./protocol.ts";

exitWithParent();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));

// Pulumi starts the host with the engine's address as the only argument and reads the port from standard output.
const server = new grpc.Server({
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
});
server.addService(services.LanguageRuntimeService, languageService(process.argv.at(-1) ?? ""));
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
    error ? reject(error) : resolve(bound),
  );
});
process.stdout.write(`${port}\n`);
