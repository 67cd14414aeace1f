import * as pulumi from "@pulumi/pulumi";
import pg from "pg";
import { SqlFunction, Trigger } from "../provider/sdk.ts";
import { mapValues } from "../sql/map-values.ts";
import { renderTemplate } from "../sql/render-template.ts";
import { readSqlFile } from "../sql/sql-files.ts";
import { wasImported } from "./was-imported.ts";

export interface OnInsertTriggerArgs {
  /** The queue that an insert adds to. */
  queue: string;
  /** Its job table. */
  table: { schema: string; name: string };
  /** Name of the trigger. */
  trigger: string;
  /** Name of the trigger's function, in the table's schema. */
  function: string;
  /** Address of the worker, as declared for the queue. */
  url: pulumi.Input<string>;
  /** Columns, and the word for a waiting job. Defaults: id, status, pending. */
  idColumn?: string;
  statusColumn?: string;
  pending?: string;
  /** Column whose higher values are worked on first. Default: none. */
  priorityColumn?: string;
  /** Column with the earliest time to run a job. Default: none. */
  runAtColumn?: string;
}

/** Makes inserted jobs ready and wakes the worker, at most once for each statement, and never fails an insert. */
export class OnInsertTrigger extends pulumi.ComponentResource {
  constructor(name: string, args: OnInsertTriggerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:OnInsertTrigger", name, {}, opts);
    const { schema } = args.table;
    const identifiers = {
      schema,
      function: args.function,
      table_schema: schema,
      table: args.table.name,
      trigger: args.trigger,
      id_column: args.idColumn ?? "id",
      status_column: args.statusColumn ?? "status",
    };
    const literals = { queue: args.queue, pending: args.pending ?? "pending" };
    const values = {
      ...mapValues(identifiers, pg.escapeIdentifier),
      ...mapValues(literals, pg.escapeLiteral),
      priority: args.priorityColumn ? `coalesce(r.${pg.escapeIdentifier(args.priorityColumn)}, 0)` : "0",
      run_at: `${args.runAtColumn ? `r.${pg.escapeIdentifier(args.runAtColumn)}` : "null"}::timestamptz`,
      delays: String(args.runAtColumn !== undefined),
    };
    const render = (template: string) =>
      pulumi.output(args.url).apply((url) =>
        renderTemplate(readSqlFile(`jobstack/templates/${template}`), {
          ...values,
          url: pg.escapeLiteral(url),
        }),
      );
    const body = new SqlFunction(
      `${schema}.${args.function}`,
      { schema, name: args.function, definition: render("on_insert.sql"), execute: [] },
      { parent: this, ...wasImported },
    );
    new Trigger(
      `${schema}.${args.table.name}.${args.trigger}`,
      { schema, table: args.table.name, name: args.trigger, definition: render("on_insert_trigger.sql") },
      { parent: this, dependsOn: body, ...wasImported },
    );
    this.registerOutputs();
  }
}
