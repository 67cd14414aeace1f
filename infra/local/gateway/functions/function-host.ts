import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { FunctionRecord } from "../store/function-record.ts";
import type { PlatformStore } from "../store.ts";
import { crashBackoffMs, stableAfterMs } from "./crash-backoff.ts";
import { denoCommand } from "./deno.ts";
import { functionEnvironment, type ProjectFacts } from "./function-environment.ts";
import type { FunctionLog } from "./function-log.ts";
import { createRedactor } from "./redactor.ts";
import { Worker } from "./worker.ts";
import { workerCommand } from "./worker-command.ts";
import { BootError, FunctionMissing, WorkerReplaced } from "./worker-errors.ts";

export interface FunctionHostOptions {
  store: PlatformStore;
  log: FunctionLog;
  denoDirectory: string;
  /** Asked at every boot: the address of the API is known only once it listens. */
  project(): ProjectFacts;
  /** Values besides the secrets of functions that must not appear in logs. */
  confidential: string[];
  allowNet: string;
  bootTimeoutMs: number;
  wallClockMs: number;
  memoryMegabytes: number;
}

/** How long a process that may be stuck in a loop has to answer, in milliseconds. */
const stuckPatienceMs = 2_000;
/** Changes that arrive together, such as ten secrets, cost one boot. */
const warmDelayMs = 50;

/** Runs deployed functions: one current process for each, booted when needed and replaced without losing a request. */
export class FunctionHost {
  readonly #options: FunctionHostOptions;
  readonly #current = new Map<string, Worker>();
  readonly #workers = new Set<Worker>();
  /** Young deaths in a row. */
  readonly #failures = new Map<string, { count: number; at: number }>();
  readonly #toWarm = new Set<string>();
  #warming: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: FunctionHostOptions) {
    this.#options = options;
    mkdirSync(options.denoDirectory, { recursive: true });
  }

  /**
   * A ready worker that runs the latest code with the latest secrets, with a request counted in: `leave` must follow.
   * Throws BootError or FunctionMissing.
   */
  async enter(slug: string): Promise<{ worker: Worker; leave: () => void }> {
    for (;;) {
      const worker = await this.#readyWorker(slug);
      // Counted in at once: an awaited worker may have been released in between, and would be closing by now.
      if (worker.isAccepting) return { worker, leave: worker.take() };
    }
  }

  /** After a change of code or secrets: new requests get a new process, the old one finishes what it has. */
  reload(slug: string): void {
    this.#failures.delete(slug);
    this.#current.get(slug)?.retire("termination");
    this.#current.delete(slug);
    if (this.#options.store.functions.get(slug) !== undefined) this.warm(slug);
  }

  reloadAll(): void {
    for (const { slug } of this.#options.store.functions.list()) this.reload(slug);
  }

  /** Boots the function in the background, so that its next request finds it running. */
  warm(slug: string): void {
    this.#toWarm.add(slug);
    this.#warming ??= setTimeout(() => void this.#warmAll(), warmDelayMs).unref();
  }

  /** After a request that ran out of time: the process may be stuck, and with it every later request. */
  replaceStuck(worker: Worker): void {
    worker.retire("wall_clock", stuckPatienceMs);
  }

  /** Folder names of the code that processes still run. */
  codeInUse(): Set<string> {
    return new Set([...this.#workers].map((worker) => worker.directory));
  }

  /** Ends every process: gracefully until `deadlineMs` have passed, then by force. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    if (this.#warming !== null) clearTimeout(this.#warming);
    for (const worker of this.#workers) worker.retire("termination");
    const force = setTimeout(() => {
      for (const worker of this.#workers) worker.kill();
    }, deadlineMs);
    await Promise.all([...this.#workers].map((worker) => worker.exited));
    clearTimeout(force);
  }

  async #readyWorker(slug: string): Promise<Worker> {
    for (;;) {
      const current = this.#current.get(slug);
      const worker = current?.isAccepting ? current : this.#boot(slug);
      try {
        await worker.ready;
        return worker;
      } catch (error) {
        if (!(error instanceof WorkerReplaced)) throw error;
      }
    }
  }

  #boot(slug: string): Worker {
    const record = this.#options.store.functions.get(slug);
    if (record === undefined) throw new FunctionMissing(slug);
    const wait = this.#backoffMs(slug);
    if (this.#stopped || wait > 0) throw new BootError(Math.ceil(wait / 1_000));
    const worker = this.#start(record);
    this.#current.set(slug, worker);
    return worker;
  }

  #backoffMs(slug: string): number {
    const failures = this.#failures.get(slug);
    if (failures === undefined) return 0;
    return Math.max(0, failures.at + crashBackoffMs(failures.count) - Date.now());
  }

  #start(record: FunctionRecord): Worker {
    const { store, log, denoDirectory } = this.#options;
    const codeDirectory = store.functions.codeDirectory(record);
    const secrets = Object.fromEntries(
      Object.entries(store.secrets.list()).map(([k, { value }]) => [k, value]),
    );
    const project = this.#options.project();
    const redact = createRedactor([...Object.values(secrets), ...this.#options.confidential]);
    const worker = new Worker({
      slug: record.slug,
      directory: record.directory,
      command: workerCommand({
        ...this.#options,
        deno: denoCommand(),
        codeDirectory,
        entrypointPath: record.entrypoint_path,
      }),
      cwd: path.join(codeDirectory, "files"),
      env: functionEnvironment({ project, secrets, record, denoDirectory, executionId: randomUUID() }),
      bootTimeoutMs: this.#options.bootTimeoutMs,
      wallClockMs: this.#options.wallClockMs,
      log: (level, message) => log.write({ function: record.slug, level, message: redact(message) }),
      onHalfLife: (aging) => this.#renew(aging),
      onExit: (gone) => this.#forget(gone),
    });
    this.#workers.add(worker);
    return worker;
  }

  /** A busy function gets its next process before the old one goes; an idle one just ends, until the next request. */
  #renew(aging: Worker): void {
    const record = this.#options.store.functions.get(aging.slug);
    const isCurrent = () => this.#current.get(aging.slug) === aging;
    if (!isCurrent() || record === undefined || aging.served === 0) {
      aging.release();
      return;
    }
    const next = this.#start(record);
    next.ready.then(
      () => {
        if (!isCurrent()) return next.retire("termination");
        this.#current.set(aging.slug, next);
        aging.release();
      },
      () => undefined,
    );
  }

  #forget(worker: Worker): void {
    this.#workers.delete(worker);
    if (this.#current.get(worker.slug) === worker) this.#current.delete(worker.slug);
    if (worker.crashed) {
      const before = worker.ageMs < stableAfterMs ? (this.#failures.get(worker.slug)?.count ?? 0) : 0;
      this.#failures.set(worker.slug, { count: before + 1, at: Date.now() });
    }
    void this.#options.store.functions.sweep(this.codeInUse()).catch(() => undefined);
  }

  /** One after the other: booting everything at once would slow down the requests being served. */
  async #warmAll(): Promise<void> {
    this.#warming = null;
    const slugs = [...this.#toWarm];
    this.#toWarm.clear();
    for (const slug of slugs) {
      // Why it does not start is in the function's log.
      await this.#readyWorker(slug).catch(() => undefined);
    }
  }
}
