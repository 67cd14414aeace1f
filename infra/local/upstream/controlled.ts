import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { type Control, parseControl } from "./control.ts";

/** One stand-in's settings, which `GET` and `PUT` on `path` show and change, and its requests, which they act upon. */
export class Controlled {
  #control: Control = parseControl({});
  #requests = 0;

  constructor(server: FastifyInstance, path: string) {
    server.get(path, async () => this.#control);
    server.put(path, async (request) => {
      this.#control = parseControl(request.body);
      return this.#control;
    });
  }

  /** How many requests there were since the start. */
  get requests(): number {
    return this.#requests;
  }

  /** Counts a request and takes the time that an answer is told to take. Returns what it is to fail with, if it is. */
  async admit(): Promise<Failure | undefined> {
    this.#requests += 1;
    const { failEvery, status, retryAfterSeconds, latencyMs } = this.#control;
    const fails = failEvery > 0 && this.#requests % failEvery === 0;
    if (latencyMs > 0) await delay(latencyMs);
    if (!fails) return undefined;
    return { status, headers: retryAfterSeconds === null ? {} : { "retry-after": `${retryAfterSeconds}` } };
  }
}

/** The failure that a stand-in was told to answer with; its body is the stand-in's own. */
export interface Failure {
  status: number;
  headers: Record<string, string>;
}
