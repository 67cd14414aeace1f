import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Pool } from "undici";
import { BootError, WorkerReplaced } from "./worker-errors.ts";
import { readWorkerOutput, type WorkerMessage } from "./worker-output.ts";

export interface WorkerOptions {
  slug: string;
  /** Folder name of the code it runs. */
  directory: string;
  command: string[];
  cwd: string;
  env: Record<string, string>;
  bootTimeoutMs: number;
  /** Lifetime. At half of it the worker should be renewed, at nine tenths it is told to end, then it is killed. */
  wallClockMs: number;
  log(level: "info" | "error", message: string): void;
  onHalfLife(worker: Worker): void;
  onExit(worker: Worker): void;
}

/** Why a worker must end, as the function finds it in its beforeunload event. */
export type RetireReason = "termination" | "wall_clock";

/**
 * One Deno process of one function. It takes requests until it is retired or released, then ends by itself once the
 * requests in flight and the work handed to `EdgeRuntime.waitUntil` are done.
 */
export class Worker {
  readonly slug: string;
  readonly directory: string;
  /** Resolves when the function listens; rejects with BootError or WorkerReplaced. */
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
  /** Whether the process ended without being told to. */
  crashed = false;
  /** Requests taken so far. */
  served = 0;

  readonly #options: WorkerOptions;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #timers: NodeJS.Timeout[] = [];
  #settleReady: { resolve(): void; reject(error: Error): void } = { resolve() {}, reject() {} };
  #pool: Pool | null = null;
  #readyAt: number | null = null;
  #accepting = true;
  #inFlight = 0;
  #heard = false;
  #ended = false;

  constructor(options: WorkerOptions) {
    this.slug = options.slug;
    this.directory = options.directory;
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.ready.catch(() => undefined);
    const [file = "", ...args] = options.command;
    this.#child = spawn(file, args, { cwd: options.cwd, env: options.env, stdio: "pipe" });
    this.#child.stdin.on("error", () => undefined);
    readWorkerOutput(this.#child.stdout, this.#child.stderr, {
      line: options.log,
      message: (message) => this.#hear(message),
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(this.#end(error.message)));
      this.#child.once("exit", (code, signal) => resolve(this.#end(signal ?? `code ${code}`)));
    });
    this.#after(options.bootTimeoutMs, () => this.#giveUpBoot());
  }

  get pool(): Pool {
    if (this.#pool === null) throw new Error(`function "${this.slug}": is not ready; await it first`);
    return this.#pool;
  }

  get isReady(): boolean {
    return this.#pool !== null;
  }

  /** Whether new requests may be given to it, now or once it is ready. */
  get isAccepting(): boolean {
    return this.#accepting;
  }

  /** Time since it was ready, in milliseconds; 0 before. */
  get ageMs(): number {
    return this.#readyAt === null ? 0 : Date.now() - this.#readyAt;
  }

  /** Counts a request in; the returned function counts it out, once. */
  take(): () => void {
    this.served += 1;
    this.#inFlight += 1;
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.#inFlight -= 1;
      if (!this.#accepting) this.#finishWhenIdle();
    };
  }

  /** Gives it no more requests; work already begun goes on undisturbed. */
  release(): void {
    this.#accepting = false;
    if (this.isReady) this.#finishWhenIdle();
    else this.kill();
  }

  /**
   * Releases it and tells the function so, through its beforeunload event. With `patienceMs` a process that is too
   * busy to answer within that time, as in an endless loop, is killed.
   */
  retire(reason: RetireReason, patienceMs?: number): void {
    if (this.isReady) this.#send(`unload ${reason}`);
    this.release();
    if (patienceMs !== undefined && !this.#heard) this.#after(patienceMs, () => this.#heard || this.kill());
  }

  kill(): void {
    this.#accepting = false;
    this.#child.kill("SIGKILL");
  }

  #hear(message: WorkerMessage): void {
    if (message.unloading) this.#heard = true;
    if (message.port !== undefined && this.#pool === null) this.#becomeReady(message.port);
  }

  #becomeReady(port: number): void {
    const { wallClockMs } = this.#options;
    // Time limits are the gateway's: undici's would also cut streams that are merely slow.
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { headersTimeout: 0, bodyTimeout: 0 });
    this.#readyAt = Date.now();
    this.#clearTimers();
    this.#after(wallClockMs * 0.5, () => this.#options.onHalfLife(this));
    this.#after(wallClockMs * 0.9, () => this.retire("wall_clock"));
    this.#after(wallClockMs, () => this.#reachWallClock());
    this.#settleReady.resolve();
  }

  #giveUpBoot(): void {
    this.#options.log(
      "error",
      `did not listen within ${this.#options.bootTimeoutMs} ms; does it call Deno.serve?`,
    );
    this.#child.kill("SIGKILL");
  }

  #reachWallClock(): void {
    this.#options.log("error", `wall clock limit of ${this.#options.wallClockMs} ms reached`);
    this.kill();
  }

  #finishWhenIdle(): void {
    if (this.#inFlight === 0) this.#send("finish");
  }

  #send(command: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${command}\n`);
  }

  #end(how: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#clearTimers();
    this.crashed = this.#accepting;
    this.#accepting = false;
    if (this.crashed) this.#options.log("error", `process ended without being asked to: ${how}`);
    this.#settleReady.reject(this.crashed ? new BootError() : new WorkerReplaced());
    void this.#pool?.destroy();
    this.#options.onExit(this);
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(setTimeout(action, ms).unref());
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
