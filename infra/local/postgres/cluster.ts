import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { applyBaseline, type BaselineOptions } from "./baseline.ts";
import { writeConfiguration } from "./configuration.ts";
import { dataDirectoryVersion, initDataDirectory, superuser } from "./data-directory.ts";
import { findServer, type PostgresServer } from "./find-server.ts";
import { clusterLocation, socketFolder } from "./location.ts";
import { buildOverlay } from "./overlay.ts";
import { assertPortFree } from "./port.ts";
import { findPostmaster, removeStaleLocks, stopPostmaster } from "./postmaster.ts";
import { runPostmaster } from "./run-postmaster.ts";
import { currentServerUser, type ServerUser } from "./server-user.ts";

export interface PostgresClusterOptions {
  /** Folder of this cluster, absolute. Created when missing. */
  dir: string;
  port: number;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Database that pg_cron and pg_net serve. Default postgres. */
  databaseName?: string;
  /** Default true. false is faster and may lose data when the machine crashes: tests only. */
  durable?: boolean;
  /** More lines for postgresql.conf. */
  settings?: Record<string, string>;
  /** More of the server's environment. */
  env?: Record<string, string>;
  /** Where the server's log goes. Default <location>/postgres.log. */
  logFile?: string;
}

export interface PostgresClusterStatus {
  running: boolean;
  /** Process id of the postmaster. */
  pid: number | undefined;
  /** Folder that really holds the data; differs from `dir` when the server's user cannot reach that. */
  location: string;
}

/** How a postmaster ended. */
export interface PostgresExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Password of the local roles, as `supabase start` sets it: the server listens on loopback only. */
const localPassword = "postgres";

/** One private PostgreSQL cluster: made by `prepare`, run as a child of this process by `start`. */
export class PostgresCluster {
  /** Folder that really holds everything; see PostgresClusterStatus. */
  readonly location: string;
  readonly dataDir: string;
  readonly socketDir: string;
  readonly host: string;
  readonly port: number;
  readonly logFile: string;
  readonly #options: PostgresClusterOptions;
  readonly #user: ServerUser | undefined;
  #child: ChildProcess | undefined;
  #exit: Promise<PostgresExit> | undefined;

  constructor(options: PostgresClusterOptions) {
    this.#options = options;
    this.#user = currentServerUser();
    this.host = options.host ?? "127.0.0.1";
    this.port = options.port;
    this.location = clusterLocation(options.dir, this.#user);
    this.dataDir = path.join(this.location, "data");
    this.socketDir = socketFolder(this.location, this.#user);
    this.logFile = options.logFile ?? path.join(this.location, "postgres.log");
  }

  /**
   * Makes the private server and, once, the data directory. Repeatable; a postmaster left behind is stopped. Throws
   * PostgresMissingError when the machine has no usable server.
   */
  async prepare(): Promise<void> {
    await this.#prepare();
  }

  /** Prepares, runs the server and resolves once it accepts connections. Throws with the end of the log. */
  async start(): Promise<void> {
    const { server, bindir } = await this.#prepare();
    await assertPortFree(this.host, this.port);
    removeStaleLocks(this.dataDir, this.socketDir);
    writeConfiguration({
      server,
      dataDir: this.dataDir,
      location: this.location,
      host: this.host,
      port: this.port,
      socketDir: this.socketDir,
      databaseName: this.#options.databaseName ?? "postgres",
      durable: this.#options.durable ?? true,
      extra: this.#options.settings ?? {},
    });
    await runPostmaster({
      bindir,
      dataDir: this.dataDir,
      port: this.port,
      user: this.#user,
      env: this.#options.env ?? {},
      logFile: this.logFile,
      connect: async () => (await this.connectAsSuperuser()).end(),
      onSpawn: (child) => this.#adopt(child),
    });
  }

  /** Resolves when the postmaster that `start` ran has ended, for whatever reason. */
  get exited(): Promise<PostgresExit> {
    return this.#exit ?? Promise.reject(new Error("postgres: not started; call start() first"));
  }

  /** Ends the server: fast, then immediate, then by force. Fine when it is not running. */
  async stop(): Promise<void> {
    await this.#stop("fast");
  }

  status(): PostgresClusterStatus {
    const pid = findPostmaster(this.dataDir);
    return { running: pid !== undefined, pid, location: this.location };
  }

  /** Stops the server and deletes everything that belongs to it. */
  async remove(): Promise<void> {
    await this.#stop("immediate");
    const inside = [this.dataDir, `${this.dataDir}.new`, path.join(this.location, "install"), this.socketDir];
    const outside = this.location === this.#options.dir ? [] : [this.location];
    for (const item of [...inside, ...outside, path.join(this.#options.dir, "location")]) {
      rmSync(item, { recursive: true, force: true });
    }
  }

  /** Connection string over TCP. Roles that can log in: postgres, authenticator, supabase_admin (superuser). */
  url(database = "postgres", role = "postgres"): string {
    return `postgresql://${role}:${localPassword}@${this.host}:${this.port}/${database}`;
  }

  /** What a new Supabase database has. Repeatable; run after every start. */
  async applyBaseline(options: BaselineOptions = {}): Promise<void> {
    const client = await this.connectAsSuperuser(options.database);
    try {
      await applyBaseline(client, options);
    } finally {
      await client.end();
    }
  }

  /** A connection through the private socket, which needs no password. The caller ends it. */
  async connectAsSuperuser(database = "postgres"): Promise<pg.Client> {
    const client = new pg.Client({ host: this.socketDir, port: this.port, user: superuser, database });
    // A connection that is cut by a stop is the business of its queries, not of the whole process.
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  async #prepare(): Promise<{ server: PostgresServer; bindir: string }> {
    await this.#stop("fast");
    const server = findServer(dataDirectoryVersion(this.dataDir));
    const bindir = buildOverlay(server, path.join(this.location, "install"));
    const durable = this.#options.durable ?? true;
    await initDataDirectory({ bindir, dataDir: this.dataDir, user: this.#user, durable });
    return { server, bindir };
  }

  #adopt(child: ChildProcess): void {
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
      child.once("error", () => resolve({ code: null, signal: null }));
    });
  }

  /** Our own child may be too young to have written its lock file, which is how any other is found. */
  async #stop(from: "fast" | "immediate"): Promise<void> {
    const child = this.#child;
    const isRunning = child?.exitCode === null && child.signalCode === null;
    const pid = isRunning ? child.pid : findPostmaster(this.dataDir);
    if (pid !== undefined) await stopPostmaster(pid, from);
    await this.#exit;
  }
}
