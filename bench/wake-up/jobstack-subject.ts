import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { now, type Subject } from "./measure.ts";
import { startBenchPlatform } from "./platform.ts";

/** A plain INSERT, pg_net, the gateway and a worker on Deno; the handler's result says when it began. */
export async function jobstackSubject(): Promise<Subject> {
  const platform = await startBenchPlatform();
  const database = new pg.Pool({ connectionString: platform.databaseUrl, max: 4 });
  return {
    name: "jobstack, over HTTP",
    async insert() {
      const { rows } = await database.query("insert into public.job default values returning id");
      return { id: rows[0].id, committed: now() };
    },
    async begun(ids) {
      for (;;) {
        const { rows } = await database.query<{ at: number | null }>(
          `select (j.result ->> 'at')::float8 as at
             from unnest($1::bigint[]) with ordinality w(id, n) join public.job j using (id) order by w.n`,
          [ids],
        );
        if (rows.every(({ at }) => at !== null)) return rows.map(({ at }) => at as number);
        await pause(100);
      }
    },
    async stop() {
      await database.end();
      await platform.stop();
    },
  };
}
