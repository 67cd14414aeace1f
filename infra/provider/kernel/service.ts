import { applyObject } from "./apply-object.ts";
import { findProblems, knownPart, withDefaults } from "./check.ts";
import { deleteObject } from "./delete-object.ts";
import { diffResponse } from "./diff-response.ts";
import type { EngineLog } from "./engine-log.ts";
import { formatPath } from "./path.ts";
import { containsUnknown, decodeProperties, encodeProperties, type Properties } from "./properties.ts";
import { Empty, type ProviderMessages as Messages, messages } from "./protocol.ts";
import { readObject } from "./read-object.ts";
import { Redactor } from "./redactor.ts";
import { type PropertiesRequest, secretsOfRequest } from "./request-secrets.ts";
import type { Facts, InputProblem, Inputs, KnownState, Resource } from "./resource.ts";
import { reword } from "./reword.ts";
import { decodeState, encodeForecast, encodeOutcome, secretInputPaths } from "./state.ts";
import { UserError } from "./user-error.ts";
import { readingContext, type Subject, type World } from "./world.ts";

type Request = PropertiesRequest & { getType(): string; getUrn(): string };

/** The methods on resources: each takes a request of the protocol and returns its response. */
export class ResourceService {
  readonly #package: string;
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #log: EngineLog;
  #world: World | undefined;
  #redactor = new Redactor([]);

  constructor(packageName: string, resources: readonly Resource[], log: EngineLog) {
    this.#package = packageName;
    this.#resources = new Map(
      resources.map((resource) => [`${packageName}:index:${resource.kind}`, resource]),
    );
    this.#log = log;
  }

  configure(world: World, secrets: readonly string[]): void {
    this.#world = world;
    this.#redactor = new Redactor(secrets);
  }

  /** Takes out of a text what the provider's configuration and the request say is secret. */
  redactorFor(request: PropertiesRequest & { getType?(): string }): Redactor {
    const resource = this.#resources.get(request.getType?.() ?? "");
    const { values, texts } = secretsOfRequest(resource, request);
    return this.#redactor.with(values, texts);
  }

  async check(request: Messages.CheckRequest): Promise<Messages.CheckResponse> {
    const subject = this.#subject(request);
    const news = decodeProperties(request.getNews());
    const inputs = withDefaults(news.values, subject.resource.defaults);
    const problems = findProblems(subject.resource.schema, inputs);
    const derived = problems.length === 0 ? await this.#derive(subject, inputs, request) : { problems };
    const response = new messages.CheckResponse();
    const complete = {
      values: { ...inputs, ...derived.inputs } as Properties,
      secretPaths: news.secretPaths,
    };
    response.setInputs(encodeProperties(complete.values, secretInputPaths(subject.resource, complete)));
    response.setFailuresList((derived.problems ?? []).map(checkFailure));
    return response;
  }

  async diff(request: Messages.DiffRequest): Promise<Messages.DiffResponse> {
    const subject = this.#subject(request);
    const before = decodeProperties(request.getOldInputs());
    const { known, drift } = decodeState(request.getOlds(), before);
    const after = decodeProperties(request.getNews()).values;
    const world = () => this.#configured();
    return diffResponse(subject.resource, {
      before: await reword(world, subject, before.values, after, known.observed ?? {}, drift),
      after,
      drift,
      ignored: request.getIgnorechangesList(),
    });
  }

  async create(request: Messages.CreateRequest): Promise<Messages.CreateResponse> {
    const subject = this.#subject(request);
    const inputs = decodeProperties(request.getProperties());
    const secretPaths = secretInputPaths(subject.resource, inputs);
    const response = new messages.CreateResponse();
    response.setRefreshBeforeUpdate(true);
    if (request.getPreview()) {
      await this.#foretell(subject, inputs.values, undefined);
      response.setId(forecastId(subject.resource, inputs.values));
      response.setProperties(encodeForecast(subject.resource, inputs.values, secretPaths));
      return response;
    }
    const outcome = await applyObject(
      this.#configured(),
      subject,
      inputs.values,
      undefined,
      secretPaths.length > 0,
    );
    response.setId(outcome.id);
    response.setProperties(encodeOutcome(subject.resource, outcome, secretPaths));
    return response;
  }

  async read(request: Messages.ReadRequest): Promise<Messages.ReadResponse> {
    const subject = this.#subject(request);
    const inputs = decodeProperties(request.getInputs());
    const { known } = decodeState(request.getProperties(), inputs);
    const hideValues = secretInputPaths(subject.resource, inputs).length > 0;
    const outcome = await readObject(this.#configured(), subject, request.getId(), known, hideValues);
    const response = new messages.ReadResponse();
    if (outcome === undefined) return response;
    const secretPaths = secretInputPaths(subject.resource, {
      values: outcome.inputs as Properties,
      secretPaths: inputs.secretPaths,
    });
    response.setId(outcome.id);
    response.setRefreshBeforeUpdate(true);
    response.setInputs(encodeProperties(outcome.inputs, secretPaths));
    response.setProperties(encodeOutcome(subject.resource, outcome, secretPaths));
    return response;
  }

  async update(request: Messages.UpdateRequest): Promise<Messages.UpdateResponse> {
    const subject = this.#subject(request);
    const inputs = decodeProperties(request.getNews());
    const secretPaths = secretInputPaths(subject.resource, inputs);
    const response = new messages.UpdateResponse();
    response.setRefreshBeforeUpdate(true);
    if (request.getPreview()) {
      await this.#foretell(subject, inputs.values, decodeProperties(request.getOldInputs()).values);
      response.setProperties(encodeForecast(subject.resource, inputs.values, secretPaths));
      return response;
    }
    const known = stateOf(request.getOlds(), request.getOldInputs());
    const outcome = await applyObject(
      this.#configured(),
      subject,
      inputs.values,
      known,
      secretPaths.length > 0,
    );
    response.setProperties(encodeOutcome(subject.resource, outcome, secretPaths));
    return response;
  }

  async delete(request: Messages.DeleteRequest): Promise<InstanceType<typeof Empty>> {
    const subject = this.#subject(request);
    const known = stateOf(request.getProperties(), request.getOldInputs());
    await deleteObject(this.#configured(), subject, request.getId(), known);
    return new Empty();
  }

  /** What errors of the request are about. */
  describe(request: Request & { getId?(): string }): string {
    const resource = this.#resources.get(request.getType());
    const inputs = decodeProperties((request.getProperties ?? request.getNews)?.call(request)).values;
    const known = resource?.identity.every((key) => typeof inputs[key] === "string");
    const name = request.getId?.() || (known && resource?.id(inputs)) || request.getUrn().split("::").at(-1);
    return `${resource?.noun ?? "resource"} "${name}"`;
  }

  async #derive(subject: Subject, inputs: Properties, request: Messages.CheckRequest) {
    if (subject.resource.derive === undefined) return {};
    const old = decodeProperties(request.getOlds()).values;
    const before = Object.keys(old).length === 0 ? undefined : old;
    const context = readingContext(this.#configured(), subject);
    return await subject.resource.derive(context, knownPart(inputs), before);
  }

  async #foretell(subject: Subject, inputs: Properties, old: Properties | undefined): Promise<void> {
    const foretell = subject.resource.foretell?.bind(subject.resource);
    if (foretell === undefined) return;
    const context = readingContext(this.#configured(), subject);
    // Only something to know: a database that cannot be reached is reported by what needs it.
    await foretell(context, knownPart(inputs), old).catch(() => {});
  }

  #subject(request: Request): Subject {
    const resource = this.#resources.get(request.getType());
    if (resource === undefined) {
      const known = [...this.#resources.keys()].join(", ");
      throw new UserError(
        `resource type "${request.getType()}" is unknown to ${this.#package}; use one of ${known}`,
      );
    }
    const urn = request.getUrn();
    const redact = (message: string) => this.redactorFor(request).redact(message);
    return {
      resource,
      urn,
      warn: (message) => this.#log.warn(urn, redact(message)),
      info: (message) => this.#log.info(urn, redact(message)),
    };
  }

  #configured(): World {
    if (this.#world === undefined) throw new Error("the provider is used before it is configured");
    return this.#world;
  }
}

function stateOf(
  ...[outputs, oldInputs]: Parameters<typeof decodeProperties>[0][]
): KnownState<Inputs, Facts> {
  const { known } = decodeState(outputs, decodeProperties(oldInputs));
  return { inputs: known.inputs ?? {}, observed: known.observed ?? {} };
}

function forecastId(resource: Resource, inputs: Properties): string {
  return resource.identity.some((key) => containsUnknown(inputs[key])) ? "" : resource.id(inputs);
}

function checkFailure(problem: InputProblem): Messages.CheckFailure {
  const failure = new messages.CheckFailure();
  failure.setProperty(formatPath(problem.path));
  failure.setReason(problem.reason);
  return failure;
}
