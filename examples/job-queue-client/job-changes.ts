import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";

/**
 * When to look at a job again: after a while, or as soon as Realtime says that its row has changed. A message is a reason
 * to look and nothing more, so that one that gets lost, or a project without Realtime, costs time and no result.
 */
export class JobChanges {
  readonly #supabase: SupabaseClient;
  readonly #channel: RealtimeChannel;
  #changed = false;
  #wake = () => {};

  constructor(supabase: SupabaseClient, schema: string, id: string) {
    const notice = () => {
      this.#changed = true;
      this.#wake();
    };
    const updates = { event: "UPDATE", schema, table: "jobs", filter: `id=eq.${id}` } as const;
    this.#supabase = supabase;
    this.#channel = supabase
      .channel(`job-${id}`)
      .on("postgres_changes", updates, notice)
      // What changed before the subscription stood was not told.
      .subscribe((status) => status === "SUBSCRIBED" && notice());
  }

  /** Rejects with the signal's reason when it is aborted. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        this.#wake = () => {};
      };
      const abort = () => {
        end();
        reject(signal?.reason);
      };
      const look = () => {
        end();
        this.#changed = false;
        resolve();
      };
      // Give or take a fifth, so that many clients do not ask at once.
      const timer = setTimeout(look, milliseconds * (0.8 + 0.4 * Math.random()));
      signal?.addEventListener("abort", abort);
      this.#wake = look;
      if (signal?.aborted) abort();
      else if (this.#changed) look();
    });
  }

  async stop(): Promise<void> {
    await this.#supabase.removeChannel(this.#channel);
  }
}
