import * as pulumi from "@pulumi/pulumi";
import { SqlFunction, Trigger } from "../provider/sdk.ts";
import { type InsertTriggerSettings, insertTriggerSql } from "../sql/insert-trigger.ts";
import { wasImported } from "./was-imported.ts";

export interface OnInsertTriggerArgs extends Omit<InsertTriggerSettings, "url"> {
  /** Address of the worker, as declared for the queue. */
  url: pulumi.Input<string>;
}

/** Makes inserted jobs ready and wakes the worker, at most once for each statement, and never fails an insert. */
export class OnInsertTrigger extends pulumi.ComponentResource {
  constructor(name: string, args: OnInsertTriggerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:OnInsertTrigger", name, {}, opts);
    const { schema } = args.table;
    const sql = pulumi.output(args.url).apply((url) => insertTriggerSql({ ...args, url }));
    const body = new SqlFunction(
      `${schema}.${args.function}`,
      { schema, name: args.function, definition: sql.function, execute: [] },
      { parent: this, ...wasImported },
    );
    new Trigger(
      `${schema}.${args.table.name}.${args.trigger}`,
      { schema, table: args.table.name, name: args.trigger, definition: sql.trigger },
      { parent: this, dependsOn: body, ...wasImported },
    );
    this.registerOutputs();
  }
}
