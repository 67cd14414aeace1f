import { setTimeout as pause } from "node:timers/promises";
import { Serial } from "../kernel/serial.ts";

/** Long enough for the reads of one refresh, short enough to miss nothing that a person does. */
const KEPT_FOR_MS = 2_000;

export interface SharedListingOptions<T> {
  fetch(): Promise<T>;
  /** How long to wait for more who ask; read for each request. */
  gatherMs(): number;
  now?(): number;
}

/** A list that many ask for at about the same time and that is fetched once: the API allows 120 requests a minute. */
export class SharedListing<T> {
  readonly #options: SharedListingOptions<T>;
  /** One request at a time, so that all who come meanwhile share the next. */
  readonly #requests = new Serial();
  #unsent: Promise<T> | undefined;
  #sent: Promise<T> | undefined;
  #kept: { list: T; until: number } | undefined;

  constructor(options: SharedListingOptions<T>) {
    this.#options = options;
  }

  async get(): Promise<T> {
    if (this.#kept !== undefined && this.#now() < this.#kept.until) return this.#kept.list;
    if (this.#sent !== undefined) return await this.#sent;
    this.#unsent ??= this.#requests.run(() => this.#send());
    return await this.#unsent;
  }

  /** Whoever asks from now on gets a list that is asked for from now on. */
  forget(): void {
    this.#sent = undefined;
    this.#kept = undefined;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async #send(): Promise<T> {
    const gatherMs = this.#options.gatherMs();
    if (gatherMs > 0) await pause(gatherMs);
    this.#unsent = undefined;
    const request = this.#options.fetch();
    this.#sent = request;
    try {
      const list = await request;
      if (this.#sent === request) this.#kept = { list, until: this.#now() + KEPT_FOR_MS };
      return list;
    } finally {
      if (this.#sent === request) this.#sent = undefined;
    }
  }
}
