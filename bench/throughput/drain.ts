import { type ChildProcess, fork } from "node:child_process";
import type pg from "pg";
import { postgresCpuMs } from "../support/postgres-cpu.ts";
import type { Contender } from "./contenders.ts";

/** What one drain took. */
export interface Drain {
  jobsPerSecond: number;
  walBytes: number;
  clientCpuMs: number;
  serverCpuMs: number;
}

export interface DrainOptions {
  contender: Contender;
  database: pg.Pool;
  url: string;
  jobs: number;
  node: string;
  postmaster: number;
}

/** Drains a filled queue; the clock runs from the first job's start to the moment when the database has every end. */
export async function drain(options: DrainOptions): Promise<Drain> {
  const { contender, database, url, jobs, node, postmaster } = options;
  const clients = contender.processes(url).map(([script = "", ...args]) => new Client(node, script, args));
  try {
    await Promise.all(clients.map((client) => client.ready));
    const walBefore = await walPosition(database);
    const cpuBefore = postgresCpuMs(postmaster);
    for (const client of clients) client.send("go");
    await until(() => sum(clients.map((client) => client.handled)) >= jobs);
    await until(() => isDone(database, contender.done));
    const ms = Date.now() - Math.min(...clients.map((client) => client.first));
    const serverCpuMs = postgresCpuMs(postmaster) - cpuBefore;
    const walBytes = await walSince(database, walBefore);
    const clientCpuMs = sum(await Promise.all(clients.map((client) => client.end())));
    return { jobsPerSecond: (jobs / ms) * 1_000, walBytes, clientCpuMs, serverCpuMs };
  } finally {
    for (const client of clients) client.kill();
  }
}

/** A process that works; see support/peers/client.mjs. */
class Client {
  readonly ready: Promise<void>;
  handled = 0;
  first = Number.POSITIVE_INFINITY;
  readonly #child: ChildProcess;
  #cpuMs: (ms: number) => void = () => {};

  constructor(node: string, script: string, args: string[]) {
    const quiet = { execPath: node, execArgv: ["--disable-warning=ExperimentalWarning"] };
    this.#child = fork(script, args, quiet);
    this.ready = new Promise((resolve, reject) => {
      this.#child.on("message", (message: "ready" | { first?: number; handled?: number; cpuMs?: number }) => {
        if (message === "ready") return resolve();
        this.handled = message.handled ?? this.handled;
        this.first = message.first ?? this.first;
        if (message.cpuMs !== undefined) this.#cpuMs(message.cpuMs);
      });
      this.#child.once("exit", (code) => reject(new Error(`${script} ended early with code ${code}`)));
    });
  }

  send(message: "go" | "end"): void {
    this.#child.send(message);
  }

  /** Tells it to end; its processor time in milliseconds. */
  end(): Promise<number> {
    const answer = new Promise<number>((resolve) => {
      this.#cpuMs = resolve;
    });
    this.send("end");
    return answer;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function isDone(database: pg.Pool, condition: string): Promise<boolean> {
  const { rows } = await database.query<{ done: boolean }>(`select ${condition} as done`);
  return rows[0]?.done === true;
}

export async function walPosition(database: pg.Pool): Promise<string> {
  const { rows } = await database.query<{ at: string }>("select pg_current_wal_insert_lsn()::text as at");
  return rows[0]?.at ?? "";
}

export async function walSince(database: pg.Pool, position: string): Promise<number> {
  const { rows } = await database.query<{ bytes: string }>(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::pg_lsn) as bytes",
    [position],
  );
  return Number(rows[0]?.bytes);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
