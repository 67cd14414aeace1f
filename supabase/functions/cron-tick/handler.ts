import { z } from "npm:zod@4.6.7";
import type { SecretPair } from "../_shared/accepted-secrets.ts";
import { requireWakeAuthorization } from "../_shared/auth.ts";
import { jsonEndpoint, jsonResponse, type RequestHandler, readJson } from "../_shared/http.ts";

const tick = z.strictObject({
  iterations: z.int().min(1).max(100).default(5),
  delay: z.int().min(0).max(60_000).default(1_000),
});

/** How much one tick may do: so many jobs, with so many milliseconds between them. */
export type Tick = z.output<typeof tick>;

export interface CronTickOptions {
  /** Whom a signed token must be for: the function's own name. */
  readonly audience: string;
  /** CRON_SECRET and its predecessor. */
  readonly secret: SecretPair;
  /** Works a tick off; never rejects. */
  readonly work: (tick: Tick) => Promise<void>;
  /** Keeps the isolate alive until the given work has ended. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * `POST {"iterations": 5, "delay": 1000}`: works off up to so many jobs, one after the other, and answers at once, since
 * waiting would hold up every other request of pg_net. A tick that comes while the one before still works adds nothing.
 */
export function createCronTick({ audience, secret, work, waitUntil }: CronTickOptions): RequestHandler {
  let working = false;

  async function handle(request: Request): Promise<Response> {
    await requireWakeAuthorization(request, secret, audience);
    const wanted = await readJson(request, tick);
    const worker = working ? "already running" : "started";
    if (!working) {
      working = true;
      waitUntil(
        work(wanted).finally(() => {
          working = false;
        }),
      );
    }
    return jsonResponse(202, { accepted: true, ...wanted, worker });
  }

  return jsonEndpoint({ methods: ["POST"], cors: false, handle });
}
