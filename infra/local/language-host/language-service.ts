import * as grpc from "@grpc/grpc-js";
import { version } from "@pulumi/pulumi/version.js";
import { generateProgram } from "./generate-program.ts";
import { installedPackages, npmInstall, npmVersion } from "./npm.ts";
import { ProgramRunner } from "./program-runner.ts";
import { Empty, type LanguageMessages as Messages, messages, plugins } from "./protocol.ts";
import { requiredPackages } from "./required-packages.ts";

/** The methods of the language protocol that the CLI needs for a project's stacks; gRPC answers the others "unimplemented". */
export function languageService(engine: string): grpc.UntypedServiceImplementation {
  let engineAddress = engine;
  const runner = new ProgramRunner(() => engineAddress);
  return {
    handshake: unary((request: Messages.LanguageHandshakeRequest) => {
      engineAddress = request.getEngineAddress();
      return new messages.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new plugins.PluginInfo().setVersion(`${version}+jobstack.stand-in`)),
    getRequiredPackages: unary((request: Messages.GetRequiredPackagesRequest) => {
      const response = new messages.GetRequiredPackagesResponse();
      return response.setPackagesList(requiredPackages(directoryOf(request)));
    }),
    run: unary((request: Messages.RunRequest) => runner.run(request)),
    about: unary(about),
    getProgramDependencies: unary(programDependencies),
    installDependencies,
    generateProgram: unary((request: Messages.GenerateProgramRequest) => {
      const response = new messages.GenerateProgramResponse();
      const source = [...request.getSourceMap().entries()].map(([, text]) => text).join("\n");
      response.getSourceMap().set("index.ts", Buffer.from(generateProgram(source)));
      return response;
    }),
    runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
    template: unary(() => new messages.TemplateResponse()),
    cancel: unary(() => {
      runner.cancel();
      return new Empty();
    }),
  };
}

function unary<Request>(answer: (request: Request) => unknown): grpc.handleUnaryCall<Request, unknown> {
  return async (call, callback) => {
    try {
      callback(null, await answer(call.request));
    } catch (error) {
      callback({ code: grpc.status.UNKNOWN, details: (error as Error).message });
    }
  };
}

async function about(): Promise<Messages.AboutResponse> {
  const response = new messages.AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  response.getMetadataMap().set("packagemanager", "npm");
  response.getMetadataMap().set("packagemanagerVersion", (await npmVersion()) ?? "");
  return response;
}

async function programDependencies(
  request: Messages.GetProgramDependenciesRequest,
): Promise<Messages.GetProgramDependenciesResponse> {
  const found = await installedPackages(directoryOf(request), request.getTransitivedependencies());
  const dependencies = found.map(({ name, version }) => {
    const dependency = new messages.DependencyInfo();
    dependency.setName(name);
    dependency.setVersion(version);
    return dependency;
  });
  return new messages.GetProgramDependenciesResponse().setDependenciesList(dependencies);
}

async function installDependencies(
  call: grpc.ServerWritableStream<Messages.InstallDependenciesRequest, Messages.InstallDependenciesResponse>,
): Promise<void> {
  try {
    await npmInstall(directoryOf(call.request), (text) => {
      const response = new messages.InstallDependenciesResponse();
      response.setStdout(Buffer.from(text));
      call.write(response);
    });
    call.end();
  } catch (error) {
    call.emit("error", { code: grpc.status.UNKNOWN, details: (error as Error).message });
  }
}

function directoryOf(request: { getInfo(): Messages.ProgramInfo | undefined }): string {
  return request.getInfo()?.getProgramDirectory() ?? process.cwd();
}
