import { renderTemplate } from "../../../infra/sql/render-template.ts";
import { readSqlFile } from "../../../infra/sql/sql-files.ts";
import { type Database, queue, triggerValues, wakeUrl } from "./queue-database.ts";

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

/** The triggers of the observed queue and their function, rendered from their templates. */
export async function createObserveTriggers(database: Database): Promise<void> {
  const places = { schema: "public", function: "on_order", table_schema: "public", table: "orders" };
  const { queue, url } = triggerValues;
  const render = (template: string, values: Record<string, string>) =>
    database.query(renderTemplate(readSqlFile(`jobstack/templates/${template}`), { ...places, ...values }));
  await render("observe.sql", {
    queue,
    url,
    status_column: "status",
    pending: "'pending'",
    processing: "'processing'",
    completed: "'done'",
    failed: "'rejected'",
  });
  for (const [event, rows] of Object.entries({
    insert: "new table as new_rows",
    update: "old table as old_rows new table as new_rows",
    delete: "old table as old_rows",
  })) {
    await render("observe_trigger.sql", { trigger: `on_order_${event}`, event, rows });
  }
}
