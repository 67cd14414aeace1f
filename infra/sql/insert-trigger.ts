import pg from "pg";
import { mapValues } from "./map-values.ts";
import { renderTemplate } from "./render-template.ts";
import { readSqlFile } from "./sql-files.ts";

/** The insert trigger of a managed queue's table. Names are as they are, not as SQL writes them. */
export interface InsertTriggerSettings {
  /** The queue that an insert adds to. */
  queue: string;
  /** Its job table. */
  table: { schema: string; name: string };
  /** Name of the trigger. */
  trigger: string;
  /** Name of the trigger's function, in the table's schema. */
  function: string;
  /** Address of the worker, as declared for the queue. */
  url: string;
  /** Columns, and the word for a waiting job. Defaults: id, status, pending. */
  idColumn?: string | undefined;
  statusColumn?: string | undefined;
  pending?: string | undefined;
  /** Column whose higher values are worked on first. Default: none. */
  priorityColumn?: string | undefined;
  /** Column with the earliest time to run a job. Default: none. */
  runAtColumn?: string | undefined;
}

/** The two statements that make it; the function comes first. */
export interface InsertTriggerSql {
  function: string;
  trigger: string;
}

export function insertTriggerSql(settings: InsertTriggerSettings): InsertTriggerSql {
  const { table, priorityColumn, runAtColumn } = settings;
  const identifiers = {
    schema: table.schema,
    function: settings.function,
    table_schema: table.schema,
    table: table.name,
    trigger: settings.trigger,
    id_column: settings.idColumn ?? "id",
    status_column: settings.statusColumn ?? "status",
  };
  const literals = { queue: settings.queue, pending: settings.pending ?? "pending", url: settings.url };
  const values = {
    ...mapValues(identifiers, pg.escapeIdentifier),
    ...mapValues(literals, pg.escapeLiteral),
    priority: priorityColumn ? `coalesce(r.${pg.escapeIdentifier(priorityColumn)}, 0)` : "0",
    run_at: `${runAtColumn ? `r.${pg.escapeIdentifier(runAtColumn)}` : "null"}::timestamptz`,
    delays: String(runAtColumn !== undefined),
  };
  const render = (template: string) => renderTemplate(readSqlFile(`jobstack/templates/${template}`), values);
  return { function: render("on_insert.sql"), trigger: render("on_insert_trigger.sql") };
}
