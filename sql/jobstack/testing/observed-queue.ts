import { observeFunctionSql, observeTriggersSql } from "../../../infra/sql/observe-triggers.ts";
import { type Database, queue, wakeUrl } from "./queue-database.ts";

const ordersTable = `
  create table public.orders (
    id uuid primary key default gen_random_uuid(),
    status text not null default 'pending' check (status in ('pending', 'processing', 'done', 'rejected')),
    date timestamptz not null default now(),
    started timestamptz,
    ended timestamptz
  );
  create index on public.orders (status)`;

/** How table public.orders is declared as an observed queue. */
export const observed = {
  kind: "observed",
  table: "public.orders",
  created_at_column: "date",
  started_at_column: "started",
  completed_at_column: "ended",
  statuses: { pending: "pending", processing: "processing", completed: "done", failed: "rejected" },
  wake_url: wakeUrl,
  wake_secret: "MAIL_SECRET",
};

/** Table public.orders as observed queue `mail`, with its triggers. */
export async function observeOrders(database: Database): Promise<void> {
  await database.query(ordersTable);
  await database.query("select jobstack.declare_queue($1, $2)", [queue, observed]);
  await createObserveTriggers(database);
}

/** The triggers of the observed queue and their function, as a deployment makes them. */
export async function createObserveTriggers(database: Database): Promise<void> {
  const settings = {
    queue,
    table: { schema: "public", name: "orders" },
    trigger: "on_order",
    function: "on_order",
    url: wakeUrl,
    statusColumn: "status",
    statuses: observed.statuses,
  };
  await database.query(observeFunctionSql(settings));
  for (const { sql } of observeTriggersSql(settings)) await database.query(sql);
}
