import { encodeJson } from "./encode-json.ts";
import type { Report } from "./report.ts";

/** Runs one parameterised statement; the drivers' own way to do it, wrapped. */
export type Query = (
  text: string,
  parameters: readonly (string | number | boolean | null)[],
) => Promise<Row[]>;

type Row = Record<string, unknown>;

/** One job as `jobstack.step_batch` hands it out. */
export interface Claim {
  readonly id: string;
  readonly token: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** What is left of the lease, by the database's clock, in milliseconds. */
  readonly leaseMs: number;
  readonly row: Row;
}

/** Ids of open jobs by the token of their lease. */
export type OpenJobs = ReadonlyMap<string, ReadonlySet<string>>;

/** The queue as one worker sees it. */
export interface QueueClient {
  /** Reports what has finished and claims up to `want` jobs in one round trip. */
  step(done: readonly Report[], want: number): Promise<Claim[]>;
  /** Waits up to `ms`, at most a second, for a job that can be claimed; true as soon as there is one. */
  awaitJob(ms: number): Promise<boolean>;
  /** Extends leases; answers with those that are still held, by token, and the ids of the jobs that are open in them. */
  heartbeat(tokens: readonly string[]): Promise<OpenJobs>;
  /** Writes how far a held job is. False: it is not held any more. */
  progress(token: string, id: string, progress: unknown): Promise<boolean>;
  /** True: this worker counts as asleep, and the next insert wakes one. False: there may be work, poll again. */
  sleep(): Promise<boolean>;
  /** Calls for a worker even though one seems to be awake. */
  wake(): Promise<void>;
}

/**
 * Parameters travel as text and are cast in the statement, because drivers differ in what they make of a `jsonb` or
 * array parameter. The rest of the lease is computed by the database, whose clock may differ from ours.
 */
const statements = {
  step: `select token::text, to_json(job_ids) as job_ids, to_json(attempts) as attempts, jobs,
      to_json(max_attempts) as max_attempts,
      (extract(epoch from lease_until - jobstack.now()) * 1000)::float8 as lease_ms
    from jobstack.step_batch($1, $2::text::uuid, $3::text::jsonb, $4::text::int)`,
  awaitJob: "select jobstack.await_job($1, $2::text::int) as came",
  heartbeat:
    "select token::text, to_json(job_ids)::text as job_ids from jobstack.heartbeat($1, $2::text::uuid, $3::text::bigint[])",
  progress: "select jobstack.progress($1, $2::text::uuid, $3::text::bigint, $4, $5::text::jsonb) as written",
  sleep: "select jobstack.sleep($1, $2::text::uuid) as asleep",
  wake: "select jobstack.wake($1, true)",
};

/** The queue `queue` for the worker with the id `worker` (a uuid). */
export function createQueueClient(query: Query, queue: string, worker: string): QueueClient {
  return {
    async step(done, want) {
      const rows = await query(statements.step, [queue, worker, encodeReports(done), String(want)]);
      return rows.flatMap(toClaims);
    },
    async awaitJob(ms) {
      const rows = await query(statements.awaitJob, [queue, String(ms)]);
      return rows[0]?.came === true;
    },
    async heartbeat(tokens) {
      const rows = await query(statements.heartbeat, [queue, worker, `{${tokens.join(",")}}`]);
      return new Map(rows.map((row) => [String(row.token), new Set(JSON.parse(String(row.job_ids)))]));
    },
    async progress(token, id, progress) {
      const rows = await query(statements.progress, [queue, worker, token, id, encodeJson(progress)]);
      return rows[0]?.written === true;
    },
    async sleep() {
      const rows = await query(statements.sleep, [queue, worker]);
      return rows[0]?.asleep === true;
    },
    async wake() {
      await query(statements.wake, [queue]);
    },
  };
}

/** Most jobs succeed and have nothing to say: their ids suffice, one list for each lease. */
function encodeReports(reports: readonly Report[]): string {
  const completed = new Map<string, string[]>();
  const others: string[] = [];
  for (const report of reports) {
    if (report.outcome !== "completed" || report.result !== undefined) others.push(encodeReport(report));
    else appendTo(completed, report.token, report.id);
  }
  const lists = [...completed].map(([token, ids]) => encodeJson({ token: Number(token), completed: ids }));
  return `[${[...lists, ...others].join(",")}]`;
}

/** The result is JSON text already, so it is put in as it is. */
function encodeReport({ result, ...head }: Report): string {
  const text = encodeJson({ ...head, token: Number(head.token) });
  return result === undefined ? text : `${text.slice(0, -1)},"result":${result}}`;
}

function appendTo(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** The columns of a batch are in one order. Each is its first attempt where none are given. */
function toClaims(row: Row): Claim[] {
  const ids = row.job_ids as string[];
  const attempts = row.attempts as number[] | null;
  const maxAttempts = row.max_attempts as number[];
  const jobs = row.jobs as Row[];
  const token = String(row.token);
  const leaseMs = Number(row.lease_ms);
  return ids.map((id, n) => ({
    id,
    token,
    attempt: attempts?.[n] ?? 1,
    maxAttempts: maxAttempts[n] ?? maxAttempts[0] ?? 1,
    leaseMs,
    row: jobs[n] ?? {},
  }));
}
