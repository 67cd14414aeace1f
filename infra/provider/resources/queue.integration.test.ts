import { useTestDatabase } from "../../../test/support/use-test-database.ts";
import { describeContract } from "../contract.ts";

/** The three functions of the queue core that the resource calls, without anything behind them. */
const CORE = `
  create schema jobstack;
  create table jobstack.queue (name text primary key, config jsonb not null);
  create function jobstack.declare_queue(p_name text, p_config jsonb) returns void language plpgsql as $$
  begin
    insert into jobstack.queue values (
      p_name,
      '{"id_column": "id", "max_attempts": 3, "wake_url": null, "types": {"id": "uuid"}}' || jsonb_strip_nulls(p_config)
    )
    on conflict (name) do update set config = excluded.config;
    if p_config ->> 'max_attempts' = '13' then
      raise exception 'queue "%": 13 brings bad luck', p_name;
    end if;
  end
  $$;
  create function jobstack.describe_queue(p_name text) returns jsonb language sql stable as $$
    select config from jobstack.queue where name = p_name
  $$;
  create function jobstack.remove_queue(p_name text) returns void language sql as $$
    delete from jobstack.queue where name = p_name
  $$;
`;

const database = useTestDatabase(async ({ pool }) => void (await pool.query(CORE)));
const run = async (sql: string, values: unknown[]) => void (await database().pool.query(sql, values));

describeContract({
  kind: "Queue",
  config: () => ({ databaseUrl: database().url }),
  inputs: (name) => ({ name, table: "public.job", leaseSeconds: 30 }),
  id: (name) => name,
  changed: (name) => ({ name, table: "public.job", wakeUrl: "http://127.0.0.1/work", maxAttempts: 5 }),
  identity: "name",
  outsideChanges: [
    {
      title: "a limit was changed",
      make: (name) =>
        run(`update jobstack.queue set config = config || '{"max_attempts": 9}' where name = $1`, [name]),
      facts: ["maxAttempts"],
      inputs: ["maxAttempts"],
    },
    {
      title: "it was given an address to wake",
      make: (name) =>
        run(`update jobstack.queue set config = config || '{"wake_url": "http://x"}' where name = $1`, [
          name,
        ]),
      facts: ["wakeUrl"],
      inputs: ["wakeUrl"],
    },
    {
      title: "the type of a column was changed",
      make: (name) =>
        run(`update jobstack.queue set config = config || '{"types": {"id": "text"}}' where name = $1`, [
          name,
        ]),
      facts: [["columnTypes", "id"]],
    },
  ],
  remove: (name) => run("select jobstack.remove_queue($1)", [name]),
  makeForeign: (name) => run("select jobstack.declare_queue($1, $2)", [name, '{"table": "public.job"}']),
  notImported: ["idColumn", "maxAttempts"],
  halfway: (name) => ({
    inputs: { name, table: "public.job", maxAttempts: 13, leaseSeconds: 99 },
    says: `queue "${name}": 13 brings bad luck`,
  }),
});
