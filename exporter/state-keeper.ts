import type { Database, Limits, Query } from "./database.ts";

interface Kept {
  /** False when the row must be read before going on. */
  loaded: boolean;
  state: unknown;
  /** Of the row in jobstack.exporter_state; null when there is none yet. */
  version: number | null;
  savedText: string | null;
  savedAt: number;
  saved: boolean | null;
}

/** Often enough that a crash costs little, seldom enough that a 5 s scrape interval does not fill the WAL. */
export const saveIntervalMs = 15_000;

/**
 * Keeps the collectors' states: in memory from run to run, and in the database from process to process.
 * A state is a position and the totals up to it, so an old one is no loss: what came after it is read again, as far as
 * it has not been pruned. Two exporters of one database take turns: who finds the row changed starts from that row.
 */
export class StateKeeper {
  readonly #kept = new Map<string, Kept>();

  /** The state to go on from. Reads the database only when this process has none. */
  async load(collector: string, query: Query): Promise<unknown> {
    const known = this.#kept.get(collector);
    if (known?.loaded) return known.state;
    const [row] = await query<{ version: number; state: unknown }>(
      "select version, state from jobstack.metrics_load_state($1)",
      [collector],
    );
    const kept: Kept = {
      loaded: true,
      state: row?.state ?? null,
      version: row?.version ?? null,
      savedText: row ? JSON.stringify(row.state) : null,
      savedAt: known?.savedAt ?? 0,
      saved: known?.saved ?? null,
    };
    this.#kept.set(collector, kept);
    return kept.state;
  }

  /** Takes over the state of a successful run. */
  keep(collector: string, state: unknown): void {
    const kept = this.#kept.get(collector);
    if (kept) kept.state = state;
  }

  /** Saves what changed and was not saved just now; `now` in milliseconds. Failures show in `outcomes` only. */
  async save(database: Database, limits: Limits, now: number, minIntervalMs = saveIntervalMs): Promise<void> {
    for (const [collector, kept] of this.#kept) {
      if (!kept.loaded || now - kept.savedAt < minIntervalMs) continue;
      const text = JSON.stringify(kept.state);
      if (kept.state === null || text === kept.savedText) continue;
      await this.#saveOne(database, limits, collector, kept, text);
      kept.savedAt = now;
    }
  }

  /** Whether the last attempt to save went well, by collector. */
  outcomes(): { collector: string; saved: boolean }[] {
    return [...this.#kept].flatMap(([collector, { saved }]) =>
      saved === null ? [] : [{ collector, saved }],
    );
  }

  async #saveOne(
    database: Database,
    limits: Limits,
    collector: string,
    kept: Kept,
    text: string,
  ): Promise<void> {
    try {
      const [row] = await database.write(limits, (query) =>
        query<{ version: number | null }>(
          "select jobstack.metrics_save_state($1, $2::jsonb, $3) as version",
          [collector, text, kept.version],
        ),
      );
      const version = row?.version ?? null;
      kept.saved = true;
      if (version === null) kept.loaded = false;
      else Object.assign(kept, { version, savedText: text });
    } catch {
      kept.saved = false;
    }
  }
}
