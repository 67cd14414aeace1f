import type { ClientBase, Pool } from "pg";
import { alice } from "../../../test/support/users.ts";

export interface Claim {
  job_id: string;
  token: string;
  job: { job_type: string; payload: Record<string, unknown> };
}

export type End = { outcome: "completed" } | { outcome: "failed"; error: string; retryable?: boolean };

/** One of the packs' workers, as the queue core sees it. */
export function openWorker(database: Pool | ClientBase, number: number) {
  const id = `00000000-0000-4000-8000-0000000000f${number}`;
  const step = async (done: object[], want: number): Promise<Claim[]> => {
    const text = "select job_id, token::text, job from jobstack.step('packs', $1, $2, $3)";
    return (await database.query<Claim>(text, [id, JSON.stringify(done), want])).rows;
  };
  return {
    claim: (want = 1) => step([], want),
    finish: ({ job_id, token }: Claim, end: End) => step([{ id: job_id, token: Number(token), ...end }], 0),
    /** The jobs that it still holds of the leases of these. */
    heartbeat: async (claims: readonly Claim[]): Promise<string[]> => {
      const text = "select unnest(job_ids) as id from jobstack.heartbeat('packs', $1, $2)";
      const { rows } = await database.query<{ id: string }>(text, [id, claims.map(({ token }) => token)]);
      return rows.map((row) => row.id);
    },
    fanOut: async ({ job_id, token }: Claim): Promise<number> => {
      const { rows } = await database.query("select packs.fan_out($1, $2) as images", [job_id, token]);
      return rows[0].images;
    },
  };
}

/** Orders a pack of that many images as the application's server does; returns its id. */
export async function orderPack(
  database: Pool | ClientBase,
  images: number,
  maxRetries = 3,
): Promise<string> {
  const payload = {
    projectId: "project-1",
    images: Array.from({ length: images }, (_, index) => ({ prompt: `image ${index + 1}` })),
  };
  const { rows } = await database.query<{ id: string }>(
    `insert into packs.job_queue (job_type, payload, user_id, max_retries)
     values ('generate-complete-pack', $1, $2, $3) returning id`,
    [payload, alice, maxRetries],
  );
  return rows[0]?.id ?? "";
}

/** Lets every lease expire, as when all workers die, and the tick find it. */
export async function killWorkers(database: Pool | ClientBase): Promise<void> {
  await database.query("update jobstack.lease set lease_until = lease_until - interval '1 day'");
  await database.query("select jobstack.tick()");
}
