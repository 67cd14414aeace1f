import { setTimeout as pause } from "node:timers/promises";
import { Serial } from "../kernel/serial.ts";
import { ApiError } from "./api-error.ts";

export interface BatcherOptions<Item> {
  send(items: Item[]): Promise<void>;
  /** Two items of the same key never go together, so that the later wins. */
  key(item: Item): string;
  characters(item: Item): number;
  /** How long to wait for more; read for each batch. */
  gatherMs(): number;
}

interface Call<Item> {
  items: readonly Item[];
  resolve(): void;
  reject(error: unknown): void;
}

/** What Pulumi does at once arrives within this time. */
const SHORTEST_GATHERING_MS = 30;
const MOST_ITEMS = 100;
const MOST_CHARACTERS = 256 * 1024;

/** Sends together what several ask for at about the same time, and tells each what became of its own part. */
export class Batcher<Item> {
  readonly #options: BatcherOptions<Item>;
  readonly #requests = new Serial();
  #waiting: Call<Item>[] = [];

  constructor(options: BatcherOptions<Item>) {
    this.#options = options;
  }

  async add(items: readonly Item[]): Promise<void> {
    if (items.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject });
      if (this.#waiting.length === 1) this.#requests.run(() => this.#flush());
    });
  }

  async #flush(): Promise<void> {
    await pause(Math.max(SHORTEST_GATHERING_MS, this.#options.gatherMs()));
    const calls = this.#waiting;
    this.#waiting = [];
    while (calls.length > 0) await this.#deliver(this.#takeBatch(calls));
  }

  /** Takes calls off the front, at least one. */
  #takeBatch(calls: Call<Item>[]): Call<Item>[] {
    const { key, characters } = this.#options;
    const keys = new Set<string>();
    let size = 0;
    const end = calls.findIndex(({ items }, index) => {
      const clash = items.some((item) => keys.has(key(item)));
      for (const item of items) keys.add(key(item));
      size += items.reduce((sum, item) => sum + characters(item), 0);
      return index > 0 && (clash || keys.size > MOST_ITEMS || size > MOST_CHARACTERS);
    });
    return calls.splice(0, end === -1 ? calls.length : end);
  }

  /** Halves a batch that is refused for what is in it, until only those that are to blame are refused. */
  async #deliver(calls: Call<Item>[]): Promise<void> {
    try {
      await this.#options.send(calls.flatMap(({ items }) => items));
    } catch (error) {
      const divisible =
        calls.length > 1 && error instanceof ApiError && [400, 413, 422].includes(error.status);
      if (!divisible) {
        for (const { reject } of calls) reject(error);
        return;
      }
      const half = Math.ceil(calls.length / 2);
      await this.#deliver(calls.slice(0, half));
      return await this.#deliver(calls.slice(half));
    }
    for (const { resolve } of calls) resolve();
  }
}
