import pg from "pg";
import { mapValues } from "./map-values.ts";
import { renderTemplate } from "./render-template.ts";
import { readSqlFile } from "./sql-files.ts";

/** The triggers of an observed queue's table. Names are as they are, not as SQL writes them. */
export interface ObserveTriggersSettings {
  /** The observed queue. */
  queue: string;
  /** Its job table. */
  table: { schema: string; name: string };
  /** Name of the trigger on insert; those on update and delete are named after it. */
  trigger: string;
  /** Name of the triggers' function, in the table's schema. */
  function: string;
  /** Address of the worker, as declared for the queue. */
  url: string;
  statusColumn: string;
  /** The table's words; a state that it does not have is left out. */
  statuses: { pending: string; processing?: string; completed?: string; failed?: string };
}

const events = [
  { event: "insert", suffix: "", rows: "new table as new_rows" },
  { event: "update", suffix: "_update", rows: "old table as old_rows new table as new_rows" },
  { event: "delete", suffix: "_delete", rows: "old table as old_rows" },
];

/** The statement that makes the triggers' function. */
export function observeFunctionSql(settings: ObserveTriggersSettings): string {
  const { pending, processing, completed, failed } = settings.statuses;
  return renderTemplate(readSqlFile("jobstack/templates/observe.sql"), {
    ...functionName(settings),
    status_column: pg.escapeIdentifier(settings.statusColumn),
    ...mapValues({ queue: settings.queue, url: settings.url }, pg.escapeLiteral),
    ...mapValues({ pending, processing, completed, failed }, (word) =>
      word === undefined ? "null" : pg.escapeLiteral(word),
    ),
  });
}

/** The triggers by their names, each with the statement that makes it. */
export function observeTriggersSql(
  settings: Omit<ObserveTriggersSettings, "url">,
): { name: string; sql: string }[] {
  const { table, trigger } = settings;
  const template = readSqlFile("jobstack/templates/observe_trigger.sql");
  return events.map(({ event, suffix, rows }) => {
    const name = `${trigger}${suffix}`;
    const places = { table_schema: table.schema, table: table.name, trigger: name };
    const values = { ...functionName(settings), ...mapValues(places, pg.escapeIdentifier), event, rows };
    return { name, sql: renderTemplate(template, values) };
  });
}

function functionName({ table, function: name }: Pick<ObserveTriggersSettings, "table" | "function">) {
  return mapValues({ schema: table.schema, function: name }, pg.escapeIdentifier);
}
