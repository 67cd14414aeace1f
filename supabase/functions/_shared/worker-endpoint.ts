import type { SecretPair } from "./accepted-secrets.ts";
import { requireWakeAuthorization } from "./auth.ts";
import { jsonEndpoint, jsonResponse, type RequestHandler } from "./http.ts";
import type { Nudge } from "./worker.ts";

export interface WorkerEndpointOptions {
  readonly queue: string;
  /** CRON_SECRET and its predecessor. */
  readonly secret: SecretPair;
  readonly nudge: () => Nudge;
  /** Keeps the isolate alive until the given work has ended. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * `POST`: wakes the worker and answers at once; the work goes on behind the response. Waiting for it would hold up every
 * other request of pg_net, which sends its requests in batches.
 */
export function createWorkerEndpoint({
  queue,
  secret,
  nudge,
  waitUntil,
}: WorkerEndpointOptions): RequestHandler {
  async function handle(request: Request): Promise<Response> {
    await requireWakeAuthorization(request, secret, queue);
    const woken = nudge();
    if (woken.state === "started") waitUntil(woken.finished);
    return jsonResponse(202, { accepted: true, queue, worker: woken.state });
  }

  return jsonEndpoint({ methods: ["POST"], cors: false, handle });
}
