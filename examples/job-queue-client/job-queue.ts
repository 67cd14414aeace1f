import { FunctionsHttpError, type SupabaseClient } from "@supabase/supabase-js";
import { JobChanges } from "./job-changes.ts";

/** A job as `job-status` tells of it. */
export interface Job {
  id: string;
  job_type: string;
  status: "pending" | "processing" | "completed" | "failed";
  result: unknown;
  /** Why it failed. */
  error: string | null;
  attempts: number;
  created_at: string;
  completed_at: string | null;
  estimated_completion_at: string | null;
}

export interface WaitOptions {
  /** Ends the waiting; the job goes on. */
  signal?: AbortSignal;
  /** Hears every status that differs from the one before. */
  onChange?: (job: Job) => void;
}

export interface JobQueueOptions {
  /** Schema of the table `jobs`, for Realtime. */
  schema?: string;
  /** Milliseconds until the second look at a job; each further one waits half as long again. */
  firstPollMs?: number;
  /** Milliseconds between two looks, at most. */
  longestPollMs?: number;
}

/** Orders jobs for the signed-in user and waits for them, also after a reload of the page: the id is all it takes. */
export class JobQueue {
  readonly #supabase: SupabaseClient;
  readonly #schema: string;
  readonly #firstPollMs: number;
  readonly #longestPollMs: number;

  constructor(
    supabase: SupabaseClient,
    { schema = "story", firstPollMs = 500, longestPollMs = 10_000 }: JobQueueOptions = {},
  ) {
    this.#supabase = supabase;
    this.#schema = schema;
    this.#firstPollMs = firstPollMs;
    this.#longestPollMs = longestPollMs;
  }

  /** Creates a job and returns its id. */
  async create(jobType: string, parameters: Record<string, unknown>): Promise<string> {
    const body = { job_type: jobType, parameters };
    const { job_id } = await this.#invoke<{ job_id: string }>("job-creator", { method: "POST", body });
    return job_id;
  }

  status(id: string, signal?: AbortSignal): Promise<Job> {
    const name = `job-status?job_id=${encodeURIComponent(id)}`;
    return this.#invoke<Job>(name, { method: "GET", ...(signal && { signal }) });
  }

  /**
   * Resolves with the job once it has completed or failed. Looks less and less often, and at once where Realtime says that
   * the job has changed. Throws the signal's reason, and what the functions refuse.
   */
  async wait(id: string, { signal, onChange }: WaitOptions = {}): Promise<Job> {
    const changes = new JobChanges(this.#supabase, this.#schema, id);
    try {
      let status: Job["status"] | undefined;
      for (let pause = this.#firstPollMs; ; pause = Math.min(pause * 1.5, this.#longestPollMs)) {
        const job = await this.#look(id, signal);
        if (job && job.status !== status) onChange?.(job);
        if (job?.status === "completed" || job?.status === "failed") return job;
        status = job?.status ?? status;
        await changes.pause(pause, signal);
      }
    } finally {
      await changes.stop();
    }
  }

  /** A server that cannot answer now is asked again later; whoever waits need not hear of it. */
  async #look(id: string, signal?: AbortSignal): Promise<Job | undefined> {
    try {
      return await this.status(id, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof JobQueueError && error.status < 500 && error.status !== 429) throw error;
      return undefined;
    }
  }

  async #invoke<Answer>(name: string, options: InvokeOptions): Promise<Answer> {
    const { data, error } = await this.#supabase.functions.invoke<Answer>(name, options);
    if (error instanceof FunctionsHttpError) throw await JobQueueError.of(error.context as Response);
    if (error) throw error;
    return data as Answer;
  }
}

type InvokeOptions = NonNullable<Parameters<SupabaseClient["functions"]["invoke"]>[1]>;

/** What a function refused, in its words. */
export class JobQueueError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "JobQueueError";
    this.status = status;
  }

  static async of(response: Response): Promise<JobQueueError> {
    const text = await response.text();
    try {
      const { error, message } = JSON.parse(text) as { error?: string; message?: string };
      return new JobQueueError(response.status, error ?? message ?? text);
    } catch {
      return new JobQueueError(response.status, text);
    }
  }
}
