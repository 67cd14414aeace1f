import type pg from "pg";
import { expect } from "vitest";
import { Database } from "../postgres/database.ts";
import { forgetMigration, recordFile } from "../postgres/migration-ledger.ts";
import { claimObject, releaseObject } from "../postgres/ownership.ts";

/** "making" is within the transaction, before anything of it counts; "committing" is when nothing can undo it any more. */
export type Phase = "making" | "committing";

export interface Stop {
  /** Waits until the provider stands there. */
  reached(): Promise<void>;
  /** Lets it go on. */
  release(): Promise<void>;
}

const CLASSES: Record<Phase, number> = { making: 1, committing: 2 };

/**
 * Holds the provider's changes at known places: triggers on its ledgers wait for advisory locks that the test holds.
 * `databaseUrl` is the role that deploys and `admin` a superuser.
 */
export async function installStops(databaseUrl: string, admin: pg.Pool): Promise<void> {
  const database = new Database({ databaseUrl, lockTimeout: "10s", statementTimeout: "10s" });
  const claim = {
    kind: "Stop",
    noun: "stop",
    id: "stop",
    urn: "stop",
    exists: false,
    adopt: false,
    shared: false,
  };
  await database.change(async (sql) => {
    await claimObject(sql, claim);
    await releaseObject(sql, claim.kind, claim.id, claim.urn);
    await recordFile(sql, { migration: "stop", file: "stop", sha256: "" });
    await forgetMigration(sql, "stop");
  });
  await database.close();
  await admin.query(TRIGGERS);
}

/** `place` is what is claimed, e.g. "CronJob tick", or "file <migration>/<name>" for a file of a migration. */
export async function stopAt(admin: pg.Pool, place: string, phase: Phase): Promise<Stop> {
  const client = await admin.connect();
  // Some tests take the server away.
  client.on("error", () => {});
  const key = [CLASSES[phase], place];
  await client.query("select pg_catalog.pg_advisory_lock($1, pg_catalog.hashtext($2))", key);
  return {
    async reached() {
      const waiting = async () => (await admin.query(WAITING, key)).rowCount;
      await expect.poll(waiting, { timeout: 60_000, interval: 20 }).toBe(1);
    },
    async release() {
      // With the connection goes the lock.
      client.release(true);
    },
  };
}

const TRIGGERS = `
  create schema stops;
  create function stops.wait() returns trigger language plpgsql set search_path = '' as $$
  declare
    v_row constant jsonb := coalesce(pg_catalog.to_jsonb(new), pg_catalog.to_jsonb(old));
    v_place constant text := case
      when v_row ? 'kind' then pg_catalog.format('%s %s', v_row ->> 'kind', v_row ->> 'id')
      else pg_catalog.format('file %s/%s', v_row ->> 'migration', v_row ->> 'file')
    end;
  begin
    perform pg_catalog.pg_advisory_xact_lock_shared(tg_argv[0]::int, pg_catalog.hashtext(v_place));
    return null;
  end
  $$;
  grant usage on schema stops to public;
  create trigger making after insert or update or delete on jobstack_provider.resource
    for each row execute function stops.wait('1');
  create trigger making after insert or update or delete on jobstack_provider.migration_file
    for each row execute function stops.wait('1');
  create constraint trigger committing after insert or update or delete on jobstack_provider.resource
    deferrable initially deferred for each row execute function stops.wait('2');
  create constraint trigger committing after insert or update or delete on jobstack_provider.migration_file
    deferrable initially deferred for each row execute function stops.wait('2');
`;

const WAITING = `
  select 1
    from pg_catalog.pg_locks as l
   where l.locktype = 'advisory' and not l.granted
     and l.classid = $1::int::oid and l.objid = pg_catalog.hashtext($2)::oid
`;
