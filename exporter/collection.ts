import { checkCollectors } from "./check-collectors.ts";
import { checkSamples } from "./check-samples.ts";
import type { Collected, Collector } from "./collector.ts";
import { CollectorStatus } from "./collector-status.ts";
import { type Database, poolSize } from "./database.ts";
import { before, DeadlineError } from "./deadline.ts";
import { type FailureReason, failureReason } from "./failure-reason.ts";
import type { Log } from "./log.ts";
import type { Sample } from "./sample.ts";
import { selfSamples } from "./self-samples.ts";
import { StateKeeper } from "./state-keeper.ts";

export interface CollectionOptions {
  database: Database;
  collectors: readonly Collector[];
  version: string;
  log: Log;
  /** Unix time in milliseconds. Default: the clock of the machine. */
  now?: () => number;
}

/** What one collection found; never changed afterwards. */
export interface Snapshot {
  /** When the collection began, Unix time in milliseconds. */
  readonly at: number;
  readonly samples: readonly Sample[];
  readonly databaseUp: boolean;
  /** The collectors whose last run failed, and why. */
  readonly failures: readonly { readonly collector: string; readonly reason: FailureReason }[];
}

/** Short, because whoever waits for a lock makes everyone wait who comes after. */
const lockTimeoutMs = 250;
const contactTimeoutMs = 2000;
const saveTimeoutMs = 1000;

/** Runs the collectors and puts what they return into one snapshot. */
export class Collection {
  readonly #options: Required<CollectionOptions>;
  readonly #statuses: readonly CollectorStatus[];
  readonly #states = new StateKeeper();
  #count = 0;
  #scrapes = 0;
  #underWay: Promise<Snapshot> | null = null;
  #latest: Snapshot | null = null;
  #databaseUp: boolean | null = null;
  #lastContactAt: number | null = null;

  /** Throws when the collectors and the catalogue do not fit. */
  constructor(options: CollectionOptions) {
    checkCollectors(options.collectors);
    this.#options = { now: Date.now, ...options };
    this.#statuses = options.collectors.map((collector) => new CollectorStatus(collector));
  }

  /** A new snapshot within about `budgetMs`, or the one under way. Never rejects because of the database. */
  collect(budgetMs: number): Promise<Snapshot> {
    this.#scrapes += 1;
    this.#underWay ??= this.#collectOnce(budgetMs).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  /** The last snapshot, whoever asked for it; null before the first. */
  get latest(): Snapshot | null {
    return this.#latest;
  }

  /** Whether the database answered within the last `withinMs`, or answers now. Runs no collector. */
  async inContact(withinMs: number): Promise<boolean> {
    const fresh = this.#lastContactAt !== null && this.#options.now() - this.#lastContactAt <= withinMs;
    return fresh || this.#contact(contactTimeoutMs);
  }

  /** Saves what the collectors count, so that the next process goes on from there. */
  async close(): Promise<void> {
    await this.#underWay;
    const { database, now } = this.#options;
    if (this.#databaseUp)
      await this.#states.save(database, { timeoutMs: saveTimeoutMs, lockTimeoutMs }, now(), 0);
  }

  async #collectOnce(budgetMs: number): Promise<Snapshot> {
    const { database, now, version } = this.#options;
    const at = now();
    const deadline = at + budgetMs;
    this.#count += 1;
    const databaseUp = await this.#contact(Math.min(budgetMs, contactTimeoutMs));
    if (databaseUp) {
      await inLanes(poolSize, this.#statuses, (status) => this.#run(status, deadline));
      const timeoutMs = Math.min(saveTimeoutMs, deadline - now());
      const save = () => this.#states.save(database, { timeoutMs, lockTimeoutMs }, now());
      // A database that hangs just now may not delay the scrape; the save then ends, or fails, by itself.
      if (timeoutMs > 0) await before(timeoutMs, save()).catch(() => undefined);
    } else {
      for (const status of this.#statuses) status.fail("connection", null);
    }
    const own = selfSamples({
      version,
      databaseUp,
      collections: this.#count,
      scrapes: this.#scrapes,
      connections: database.connections(),
      statuses: this.#statuses,
      saves: this.#states.outcomes(),
    });
    this.#latest = {
      at,
      databaseUp,
      samples: [...own, ...this.#statuses.flatMap(({ samples }) => samples)],
      failures: this.#statuses.flatMap(({ collector, reason }) =>
        reason === null ? [] : [{ collector: collector.name, reason }],
      ),
    };
    return this.#latest;
  }

  async #contact(timeoutMs: number): Promise<boolean> {
    const { database, log, now } = this.#options;
    const wasUp = this.#databaseUp;
    try {
      await before(
        timeoutMs,
        database.read({ timeoutMs, lockTimeoutMs }, async () => undefined),
      );
      this.#lastContactAt = now();
      this.#databaseUp = true;
      if (wasUp === false) log("database is back");
    } catch (error) {
      this.#databaseUp = false;
      if (wasUp !== false) log("database does not answer", { error: message(error) });
    }
    return this.#databaseUp;
  }

  async #run(status: CollectorStatus, deadline: number): Promise<void> {
    const { log, now } = this.#options;
    const { collector, reason: earlier } = status;
    const startedAt = now();
    if (!status.isDue(startedAt)) {
      status.reused += 1;
      return;
    }
    try {
      const budgetMs = deadline - startedAt;
      if (budgetMs <= 0) throw new DeadlineError("no time left in this scrape");
      const collected = await before(
        budgetMs,
        this.#read(collector, Math.min(collector.timeoutMs, budgetMs)),
      );
      if (!collected) return status.skip();
      checkSamples(collected.samples);
      if (collected.state !== undefined) this.#states.keep(collector.name, collected.state);
      status.succeed(collected.samples, startedAt, now() - startedAt);
      if (earlier) log("collector is back", { collector: collector.name });
    } catch (error) {
      const reason = failureReason(error);
      status.fail(reason, now() - startedAt);
      if (reason !== earlier)
        log("collector failed", { collector: collector.name, reason, error: message(error) });
    }
  }

  /** Null when there is nothing to observe. */
  #read(collector: Collector, timeoutMs: number): Promise<Collected | null> {
    const { database } = this.#options;
    return database.read({ timeoutMs, lockTimeoutMs }, async (query) => {
      const [row] = await query<{ present: boolean }>(`select ${collector.predicate} as present`);
      if (!row?.present) return null;
      const saved = collector.keepsState ? await this.#states.load(collector.name, query) : null;
      return collector.collect(query, steadyTime(), saved);
    });
  }
}

/** Seconds since 1970 as of the start of the process, and from there on by a clock that nobody sets. */
function steadyTime(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

/** Works through the items, at most `lanes` at a time: nobody's time limit runs while waiting for a connection. */
async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function message(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return text + cause;
}
