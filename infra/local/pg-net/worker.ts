import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { batchSize, expireResponses, type FinishedRequest, settleRequests, takeRequests } from "./queue.ts";
import type { HttpResponse, QueuedRequest } from "./request.ts";
import { sendRequest } from "./send-request.ts";

export interface PgNetWorkerOptions {
  /** The database to serve, as superuser. */
  databaseUrl: string;
  /** Receives one line per event of the worker's own life; never anything of a request. */
  log?: (line: string) => void;
  /** Sends one request and never rejects. Default: over HTTP. */
  send?: (request: QueuedRequest) => Promise<HttpResponse>;
}

// net.check_worker_is_up() looks for it.
const applicationName = "pg_net 0.20.4 worker";
const backoffMs = { first: 50, most: 2_000 };

/**
 * The background worker of the pg_net stand-in. Waits for net.wake(), sends what is queued, stores the responses. A
 * request stays in the queue until its response is stored, so the end of this process loses none.
 */
export class PgNetWorker {
  readonly #databaseUrl: string;
  readonly #log: (line: string) => void;
  readonly #send: (request: QueuedRequest) => Promise<HttpResponse>;
  readonly #inFlight = new Map<string, QueuedRequest>();
  #finished: FinishedRequest[] = [];
  #client: pg.Client | undefined;
  #limit = 0;
  #queueMayHaveMore = false;
  #untidy = false;
  #stopping = false;
  #wakeLoop: () => void = () => {};
  #loop: Promise<void> = Promise.resolve();

  constructor(options: PgNetWorkerOptions) {
    this.#databaseUrl = options.databaseUrl;
    this.#log = options.log ?? (() => {});
    this.#send = options.send ?? sendRequest;
  }

  /** Resolves once the worker listens. Rejects when the first connection fails; a lost one is made again. */
  async start(): Promise<void> {
    this.#loop = this.#run(await this.#connect());
  }

  /** Takes no more requests, waits for those on their way up to `graceMs`, disconnects. What is left stays queued. */
  async stop(graceMs = 4_000): Promise<void> {
    this.#stopping = true;
    const deadline = Date.now() + graceMs;
    while (this.#client && this.#inFlight.size > 0 && Date.now() < deadline) await pause(10);
    await this.#client?.end();
    this.#wakeLoop();
    await this.#loop;
  }

  async #run(first: pg.Client): Promise<void> {
    let client: pg.Client | undefined = first;
    let delay = backoffMs.first;
    while (!this.#stopping) {
      try {
        client ??= await this.#connect();
        delay = backoffMs.first;
        await this.#serve(client);
        if (!this.#stopping) this.#log("pg_net: connection to the database lost");
      } catch (error) {
        this.#log(`pg_net: database: ${error instanceof Error ? error.message : error}`);
      }
      await client?.end().catch(() => {});
      client = undefined;
      if (this.#stopping) return;
      await pause(delay);
      delay = Math.min(delay * 2, backoffMs.most);
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      application_name: applicationName,
      connectionTimeoutMillis: 5_000,
    });
    const lost = () => {
      if (this.#client === client) this.#client = undefined;
      this.#wakeLoop();
    };
    // A query that is under way fails by itself; this ends the waiting between queries.
    client.on("error", lost);
    client.on("end", lost);
    client.on("notification", () => this.#wake());
    this.#client = client;
    await client.connect();
    // Two workers would send everything twice: a second one waits here until the first is gone.
    await client.query("select pg_advisory_lock(hashtextextended('jobstack: worker of pg_net', 0))");
    await client.query("listen pg_net_wake");
    this.#limit = await batchSize(client);
    // What was queued while nobody listened.
    this.#wake();
    return client;
  }

  async #serve(client: pg.Client): Promise<void> {
    while (this.#client === client) {
      if (this.#finished.length > 0) await this.#settle(client);
      else if (this.#queueMayHaveMore && this.#room > 0 && !this.#stopping) await this.#sendMore(client);
      else if (this.#untidy && !this.#stopping) await this.#tidy(client);
      else {
        await new Promise<void>((resolve) => {
          this.#wakeLoop = resolve;
        });
      }
    }
  }

  get #room(): number {
    return this.#limit - this.#inFlight.size;
  }

  #wake(): void {
    this.#queueMayHaveMore = true;
    this.#untidy = true;
    this.#wakeLoop();
  }

  /** Behind the requests, which somebody waits for. */
  async #tidy(client: pg.Client): Promise<void> {
    this.#untidy = false;
    this.#limit = await batchSize(client);
    await expireResponses(client, this.#limit);
  }

  async #sendMore(client: pg.Client): Promise<void> {
    const room = this.#room;
    // Before it looks: a wake-up that comes meanwhile may be of requests that it does not see.
    this.#queueMayHaveMore = false;
    const requests = await takeRequests(client, [...this.#inFlight.values()], room);
    if (requests.length === room) this.#queueMayHaveMore = true;
    for (const request of requests) {
      this.#inFlight.set(key(request), request);
      void this.#send(request).then((response) => {
        this.#finished.push({ request, response });
        this.#wakeLoop();
      });
    }
  }

  /** Everything that finished while the previous responses were being stored, in one transaction. */
  async #settle(client: pg.Client): Promise<void> {
    const batch = [...this.#finished];
    const refused = await settleRequests(client, batch);
    this.#finished = this.#finished.slice(batch.length);
    for (const { request } of batch) this.#inFlight.delete(key(request));
    // Still queued: kept as busy, or they would be sent again and again.
    for (const request of refused) {
      this.#inFlight.set(key(request), request);
      this.#log(`pg_net: the database does not store the response of request ${request.id}`);
    }
  }
}

function key(request: QueuedRequest): string {
  return `${request.id}:${request.version}`;
}
