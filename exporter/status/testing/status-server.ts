import Fastify, { type FastifyInstance } from "fastify";
import type { Snapshot } from "../../collection.ts";
import type { Prometheus } from "../prometheus.ts";
import type { StatusTarget } from "../status.ts";
import { addStatusRoute } from "../status-route.ts";
import { worldTime } from "./worlds.ts";

/** A target that was last read a moment ago, or that is read when the page asks (`latest` null). */
export class FakeTarget implements StatusTarget {
  readonly labels: StatusTarget["labels"];
  latest: Snapshot | null;
  /** What the next collections find; undefined: they do not end. */
  next: Snapshot | undefined;
  collections = 0;

  constructor(environment: string, latest: Snapshot | null, next?: Snapshot) {
    this.labels = { environment };
    this.latest = latest;
    this.next = next;
  }

  get collection(): StatusTarget["collection"] {
    return this as unknown as StatusTarget["collection"];
  }

  async collect(): Promise<Snapshot> {
    this.collections += 1;
    const { next } = this;
    if (next === undefined) return new Promise(() => undefined);
    this.latest = next;
    return next;
  }
}

export interface StatusServer {
  server: FastifyInstance;
  /** Time passes for the page. */
  wait(ms: number): void;
}

/** The page over these targets at the time of the worlds. */
export function statusServer(
  targets: readonly StatusTarget[],
  prometheus: Prometheus | null = null,
): StatusServer {
  let ahead = 0;
  const server = Fastify();
  addStatusRoute(server, {
    targets: () => targets,
    prometheus,
    version: "1.2.3",
    now: () => worldTime + ahead,
  });
  return {
    server,
    wait: (ms) => {
      ahead += ms;
    },
  };
}
