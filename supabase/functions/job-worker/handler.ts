import type { SecretPair } from "../_shared/accepted-secrets.ts";
import { requireWakeAuthorization } from "../_shared/auth.ts";
import { jsonEndpoint, jsonResponse, type RequestHandler } from "../_shared/http.ts";
import type { Nudge } from "../_shared/worker.ts";

export interface JobWorkerOptions {
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
export function createJobWorker({ queue, secret, nudge, waitUntil }: JobWorkerOptions): RequestHandler {
  async function handle(request: Request): Promise<Response> {
    await requireWakeAuthorization(request, secret, queue);
    const woken = nudge();
    if (woken.state === "started") waitUntil(woken.finished);
    return jsonResponse(202, { accepted: true, queue, worker: woken.state });
  }

  return jsonEndpoint({ methods: ["POST"], cors: false, handle });
}
