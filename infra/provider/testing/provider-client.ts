import * as grpc from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Path } from "../kernel/path.ts";
import { type DecodedProperties, decodeProperties, encodeProperties } from "../kernel/properties.ts";
import { Empty, type ProviderMessages as Messages, messages, services } from "../kernel/protocol.ts";
import { type ProviderProcess, startProvider } from "./provider-process.ts";

/** What the engine would keep of a resource. */
export interface ResourceState {
  id: string;
  inputs: DecodedProperties;
  outputs: DecodedProperties;
  refreshBeforeUpdate: boolean;
}

export interface DiffResult {
  changed: boolean;
  /** "add", "delete" or "update" by path, with "-replace" where another object would be made. */
  detailed: Record<string, string>;
  deleteBeforeReplace: boolean;
}

export interface CheckResult {
  inputs: DecodedProperties;
  /** What is wrong, by path. */
  failures: Record<string, string>;
}

export type PlainInputs = Record<string, unknown>;

const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** Speaks to a provider process like the engine, about one resource at a time, in plain values. */
export class ProviderClient {
  readonly process: ProviderProcess;
  readonly #client: InstanceType<typeof services.ResourceProviderClient>;

  constructor(process: ProviderProcess) {
    this.process = process;
    this.#client = new services.ResourceProviderClient(process.address, grpc.credentials.createInsecure());
  }

  static async start(config: PlainInputs): Promise<ProviderClient> {
    const client = new ProviderClient(await startProvider());
    await client.configure(config);
    return client;
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.process.stop();
  }

  async configure(config: PlainInputs): Promise<void> {
    const request = new messages.ConfigureRequest().setArgs(encodeProperties(config));
    await answer<Messages.ConfigureResponse>((done) => this.#client.configure(request, done));
  }

  /** Ctrl-C. */
  async cancel(): Promise<void> {
    await answer((done) => this.#client.cancel(new Empty(), done));
  }

  async checkConfig(config: PlainInputs): Promise<CheckResult> {
    const request = new messages.CheckRequest().setNews(encodeProperties(config));
    return checkResult(await answer((done) => this.#client.checkConfig(request, done)));
  }

  async getSchema(): Promise<string> {
    const request = new messages.GetSchemaRequest();
    const response = await answer<Messages.GetSchemaResponse>((done) =>
      this.#client.getSchema(request, done),
    );
    return response.getSchema();
  }

  async check(
    kind: string,
    news: PlainInputs,
    secretPaths: readonly Path[] = [],
    olds?: DecodedProperties,
  ): Promise<CheckResult> {
    const request = about(new messages.CheckRequest(), kind);
    request.setNews(encodeProperties(news, secretPaths)).setOlds(encode(olds));
    return checkResult(await answer((done) => this.#client.check(request, done)));
  }

  async create(
    kind: string,
    inputs: DecodedProperties,
    options: { preview?: boolean; urn?: string } = {},
  ): Promise<ResourceState> {
    const request = about(new messages.CreateRequest(), kind, options.urn);
    request.setProperties(encode(inputs)).setPreview(options.preview === true);
    const response = await answer<Messages.CreateResponse>((done) => this.#client.create(request, done));
    return stateOf(response.getId(), inputs, response);
  }

  /** Undefined if the object is gone. Without a state this is what an import does. */
  async read(kind: string, id: string, state?: ResourceState): Promise<ResourceState | undefined> {
    const request = about(new messages.ReadRequest(), kind).setId(id);
    request.setInputs(encode(state?.inputs)).setProperties(encode(state?.outputs));
    const response = await answer<Messages.ReadResponse>((done) => this.#client.read(request, done));
    if (response.getId() === "") return undefined;
    return stateOf(response.getId(), decodeProperties(response.getInputs()), response);
  }

  async diff(
    kind: string,
    state: ResourceState,
    news: DecodedProperties,
    ignored: string[] = [],
  ): Promise<DiffResult> {
    const request = about(new messages.DiffRequest(), kind).setId(state.id).setIgnorechangesList(ignored);
    request.setOldInputs(encode(state.inputs)).setOlds(encode(state.outputs)).setNews(encode(news));
    const response = await answer<Messages.DiffResponse>((done) => this.#client.diff(request, done));
    const detailed: [string, string][] = [];
    response.getDetaileddiffMap().forEach((diff, path) => {
      detailed.push([path, KINDS[diff.getKind()] ?? "unknown"]);
    });
    return {
      changed: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      detailed: Object.fromEntries(detailed),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async update(
    kind: string,
    state: ResourceState,
    news: DecodedProperties,
    options: { preview?: boolean } = {},
  ): Promise<ResourceState> {
    const request = about(new messages.UpdateRequest(), kind).setId(state.id);
    request.setOldInputs(encode(state.inputs)).setOlds(encode(state.outputs)).setNews(encode(news));
    request.setPreview(options.preview === true);
    const response = await answer<Messages.UpdateResponse>((done) => this.#client.update(request, done));
    return stateOf(state.id, news, response);
  }

  async delete(kind: string, state: ResourceState): Promise<void> {
    const request = about(new messages.DeleteRequest(), kind).setId(state.id);
    request.setOldInputs(encode(state.inputs)).setProperties(encode(state.outputs));
    await answer((done) => this.#client.delete(request, done));
  }
}

/** The URN under which the client asks, unless told otherwise. */
export function urnOf(kind: string): string {
  return `urn:pulumi:test::jobstack::jobstack:index:${kind}::subject`;
}

function about<R extends { setType(type: string): R; setUrn(urn: string): R }>(
  request: R,
  kind: string,
  urn = urnOf(kind),
): R {
  return request.setType(`jobstack:index:${kind}`).setUrn(urn);
}

function encode(properties: DecodedProperties | undefined): Struct {
  return encodeProperties(properties?.values ?? {}, properties?.secretPaths);
}

function stateOf(
  id: string,
  inputs: DecodedProperties,
  response: { getProperties(): Struct | undefined; getRefreshBeforeUpdate(): boolean },
): ResourceState {
  const refreshBeforeUpdate = response.getRefreshBeforeUpdate();
  return { id, inputs, outputs: decodeProperties(response.getProperties()), refreshBeforeUpdate };
}

function checkResult(response: Messages.CheckResponse): CheckResult {
  const failures = response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()]);
  return { inputs: decodeProperties(response.getInputs()), failures: Object.fromEntries(failures) };
}

async function answer<T>(
  start: (done: (error: grpc.ServiceError | null, response: T) => void) => unknown,
): Promise<T> {
  return await new Promise((resolve, reject) => {
    start((error, response) => (error === null ? resolve(response) : reject(new Error(error.details))));
  });
}
