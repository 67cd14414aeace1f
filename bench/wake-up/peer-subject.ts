import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { execa } from "execa";
import { startDurableCluster } from "../support/durable-cluster.ts";
import type { PeersFolder } from "../support/peers-folder.ts";
import type { Subject } from "./measure.ts";

type Peer = "graphile-worker" | "pg-boss" | "pg-boss-polling";

/** A peer's worker and its producer, each a process of its own, on a server of their own. */
export async function peerSubject(name: string, peer: Peer, peers: PeersFolder): Promise<Subject> {
  const { cluster, stop } = await startDurableCluster();
  const start = (role: string) => new Party(peers, [peer, role, cluster.url()]);
  if (peer === "graphile-worker") {
    await execa(peers.node, ["graphile-worker-setup.mjs", cluster.url()], { cwd: peers.folder });
  }
  const worker = start("worker");
  await worker.ready;
  const producer = start("producer");
  await producer.ready;
  let inserted = 0;
  return {
    name,
    insert() {
      const id = String(++inserted);
      producer.send(id);
      return producer.time(id).then((committed) => ({ id, committed }));
    },
    begun: (ids) => Promise.all(ids.map((id) => worker.time(id))),
    async stop() {
      worker.kill();
      producer.kill();
      await stop();
    },
  };
}

/** A process that tells a time for each job; see support/peers/wake-up.mjs. */
class Party {
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #times = new Map<string, number>();

  constructor({ folder, node }: PeersFolder, args: string[]) {
    this.#child = fork(path.join(folder, "wake-up.mjs"), args, { execPath: node, execArgv: [] });
    // One listener for each job that is waited for.
    this.#child.setMaxListeners(0);
    this.ready = new Promise((resolve, reject) => {
      this.#child.on("message", (message: "ready" | { id: string; at: number }) => {
        if (message === "ready") resolve();
        else this.#times.set(message.id, message.at);
      });
      this.#child.once("exit", (code) =>
        reject(new Error(`${args.join(" ")} ended early with code ${code}`)),
      );
    });
  }

  send(id: string): void {
    this.#child.send(id);
  }

  async time(id: string): Promise<number> {
    for (;;) {
      const at = this.#times.get(id);
      if (at !== undefined) return at;
      await once(this.#child, "message");
    }
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
