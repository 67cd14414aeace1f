import * as pulumi from "@pulumi/pulumi";
import pg from "pg";
import { SqlFunction, Trigger } from "../provider/sdk.ts";
import { mapValues } from "../sql/map-values.ts";
import { renderTemplate } from "../sql/render-template.ts";
import { readSqlFile } from "../sql/sql-files.ts";

export interface ObserveTriggersArgs {
  /** The observed queue. */
  queue: string;
  /** Its job table. */
  table: { schema: string; name: string };
  /** Name of the trigger on insert; those on update and delete are named after it. */
  trigger: string;
  /** Name of the triggers' function, in the table's schema. */
  function: string;
  /** Address of the worker, as declared for the queue. */
  url: pulumi.Input<string>;
  statusColumn: string;
  /** The table's words; a state that it does not have is left out. */
  statuses: { pending: string; processing?: string; completed?: string; failed?: string };
}

const events = [
  { event: "insert", suffix: "", rows: "new table as new_rows" },
  { event: "update", suffix: "_update", rows: "old table as old_rows new table as new_rows" },
  { event: "delete", suffix: "_delete", rows: "old table as old_rows" },
];

/** Counts the jobs of an observed queue and wakes its worker on insert, once for each statement, and never fails one. */
export class ObserveTriggers extends pulumi.ComponentResource {
  constructor(name: string, args: ObserveTriggersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:ObserveTriggers", name, {}, opts);
    const { schema } = args.table;
    const { pending, processing, completed, failed } = args.statuses;
    const words = { pending, processing, completed, failed };
    const places = mapValues({ schema, function: args.function }, pg.escapeIdentifier);
    const table = mapValues({ table_schema: schema, table: args.table.name }, pg.escapeIdentifier);
    const definition = pulumi.output(args.url).apply((url) =>
      renderTemplate(readSqlFile("jobstack/templates/observe.sql"), {
        ...places,
        status_column: pg.escapeIdentifier(args.statusColumn),
        ...mapValues({ queue: args.queue, url }, pg.escapeLiteral),
        ...mapValues(words, (word) => (word === undefined ? "null" : pg.escapeLiteral(word))),
      }),
    );
    const body = new SqlFunction(
      `${schema}.${args.function}`,
      { schema, name: args.function, definition, execute: [] },
      { parent: this },
    );
    for (const { event, suffix, rows } of events) {
      const trigger = `${args.trigger}${suffix}`;
      new Trigger(
        `${schema}.${args.table.name}.${trigger}`,
        {
          schema,
          table: args.table.name,
          name: trigger,
          definition: renderTemplate(readSqlFile("jobstack/templates/observe_trigger.sql"), {
            ...places,
            ...table,
            trigger: pg.escapeIdentifier(trigger),
            event,
            rows,
          }),
        },
        { parent: this, dependsOn: body },
      );
    }
    this.registerOutputs();
  }
}
