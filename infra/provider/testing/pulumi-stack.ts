import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import {
  type ConfigMap,
  type EngineEvent,
  LocalWorkspace,
  type OpType,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { version } from "@pulumi/pulumi/version.js";
import { settleInterrupted } from "../../local/deploy/settle-interrupted.ts";
import { findPulumi } from "../../local/toolchain/find-pulumi.ts";
import { EngineProcesses, notingPlugin } from "./engine-processes.ts";

const LANGUAGE_HOST = path.join(import.meta.dirname, "../../local/language-host/bin");

/** One step that the engine planned or took for a resource of the provider. */
export interface Step {
  op: OpType;
  /** Kind and name, e.g. "CronJob tick". */
  resource: string;
  /** Differing properties by path. */
  diff: string[];
}

/** An operation of the engine while it runs. */
export interface RunningOperation {
  processes: EngineProcesses;
  /** What was said when it ended, be it well or not. */
  ended: Promise<{ failed: boolean; output: string }>;
  /** Ctrl-C. */
  interrupt(): void;
}

/** A stack in a project of its own with a file backend, driven by the real CLI. */
export class TestStack {
  readonly directory: string;
  readonly #name: string;
  readonly #stack: Stack;
  #output = "";
  #debugOutput = "";

  private constructor(directory: string, name: string, stack: Stack) {
    this.directory = directory;
    this.#name = name;
    this.#stack = stack;
  }

  static async create(program: PulumiFn, name = "test", config: ConfigMap = {}): Promise<TestStack> {
    const directory = mkdtempSync(path.join(tmpdir(), "jobstack-stack-"));
    const plugins = { providers: [{ name: "jobstack", path: notingPlugin(directory) }] };
    writeFileSync(
      path.join(directory, "Pulumi.yaml"),
      JSON.stringify({ name: "test", runtime: "nodejs", plugins }),
    );
    const stack = await LocalWorkspace.createOrSelectStack(
      { projectName: "test", stackName: name, program },
      { workDir: directory, pulumiCommand: await pulumiCommand(), envVars: environment(directory) },
    );
    await stack.setAllConfig(config);
    return new TestStack(directory, name, stack);
  }

  /** What the commands work on. */
  get stack(): Stack {
    return this.#stack;
  }

  /** Everything that the CLI said so far, the events of the engine included. */
  get output(): string {
    return this.#output;
  }

  /** What it would say with --debug. */
  get debugOutput(): string {
    return this.#debugOutput;
  }

  async preview(): Promise<Step[]> {
    return await this.#steps((options) => this.#stack.preview({ ...options, diff: true }));
  }

  async up(): Promise<Step[]> {
    return await this.#steps((options) => this.#stack.up({ ...options, diff: true }));
  }

  /** Settings of the provider that a program gets which makes none itself. All are kept as secrets. */
  async configure(settings: Record<string, string>): Promise<void> {
    const entries = Object.entries(settings).map(([key, value]) => [
      `jobstack:${key}`,
      { value, secret: true },
    ]);
    await this.#stack.setAllConfig(Object.fromEntries(entries));
  }

  /** `pulumi import`, with the provider that `configure` sets up. */
  async import(kind: string, name: string, id: string): Promise<void> {
    const resources = [{ type: `jobstack:index:${kind}`, name, id }];
    await this.#steps((options) =>
      this.#stack.import({ onOutput: options.onOutput, resources, protect: false, generateCode: false }),
    );
  }

  /** Begins an `up` that a test disturbs. */
  startUp(): RunningOperation {
    return this.#start((options) => this.#stack.up(options));
  }

  startDestroy(): RunningOperation {
    return this.#start((options) => this.#stack.destroy(options));
  }

  /** Takes away the lock of an engine that was killed, as its successor's error says. */
  async cancel(): Promise<void> {
    await this.#stack.cancel();
  }

  async previewDestroy(): Promise<Step[]> {
    return await this.#steps((options) => this.#stack.previewDestroy(options));
  }

  async settleInterrupted(): Promise<void> {
    await settleInterrupted(this.#stack);
  }

  async destroy(): Promise<Step[]> {
    return await this.#steps((options) => this.#stack.destroy(options));
  }

  async state(): Promise<string> {
    return JSON.stringify(await this.#stack.exportStack());
  }

  delete(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #start(run: (options: StepOptions & { signal: AbortSignal }) => Promise<unknown>): RunningOperation {
    const controller = new AbortController();
    const before = this.#output.length;
    const processes = new EngineProcesses(this.directory, this.#name);
    const outcome = this.#steps((options) => run({ ...options, signal: controller.signal }));
    return {
      processes,
      ended: outcome.then(
        () => ({ failed: false, output: this.#output.slice(before) }),
        () => ({ failed: true, output: this.#output.slice(before) }),
      ),
      interrupt: () => controller.abort(),
    };
  }

  async #steps(run: (options: StepOptions) => Promise<unknown>): Promise<Step[]> {
    const steps: Step[] = [];
    const record = (text: string) => {
      this.#output += text;
    };
    await run({
      color: "never",
      onOutput: record,
      onError: record,
      onEvent: (event) => {
        if (event.diagnosticEvent?.prefix?.startsWith("debug"))
          this.#debugOutput += event.diagnosticEvent.message;
        else record(JSON.stringify(event));
        steps.push(...stepOf(event));
      },
    });
    return steps.sort((a, b) => a.resource.localeCompare(b.resource));
  }
}

interface StepOptions {
  color: "never";
  onOutput(text: string): void;
  onError(text: string): void;
  onEvent(event: EngineEvent): void;
}

async function pulumiCommand(): Promise<PulumiCommand> {
  const home = process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
  const cli = await findPulumi({ sdkVersion: version, home, env: process.env });
  if (cli === undefined)
    throw new Error(`no Pulumi CLI ${version}; put it on PATH or into ${home}/versions/${version}`);
  return await PulumiCommand.get(cli.root === null ? {} : { root: cli.root });
}

function environment(directory: string): Record<string, string> {
  return {
    // "pulumi import" asks for a language host, which a CLI built from source does not bring.
    PATH: `${process.env.PATH}${path.delimiter}${LANGUAGE_HOST}`,
    PULUMI_BACKEND_URL: `file://${directory}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
  };
}

function stepOf({ resourcePreEvent }: EngineEvent): Step[] {
  const metadata = resourcePreEvent?.metadata;
  if (
    metadata === undefined ||
    !metadata.type.startsWith("jobstack:") ||
    ["same", "refresh"].includes(metadata.op)
  )
    return [];
  const [, , kind = ""] = metadata.type.split(":");
  const diff = Object.keys(metadata.detailedDiff ?? {}).sort();
  return [{ op: metadata.op, resource: `${kind} ${metadata.urn.split("::").at(-1)}`, diff }];
}
