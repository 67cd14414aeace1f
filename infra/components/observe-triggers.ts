import * as pulumi from "@pulumi/pulumi";
import { SqlFunction, Trigger } from "../provider/sdk.ts";
import {
  type ObserveTriggersSettings,
  observeFunctionSql,
  observeTriggersSql,
} from "../sql/observe-triggers.ts";

export interface ObserveTriggersArgs extends Omit<ObserveTriggersSettings, "url"> {
  /** Address of the worker, as declared for the queue. */
  url: pulumi.Input<string>;
}

/** Counts the jobs of an observed queue and wakes its worker on insert, once for each statement, and never fails one. */
export class ObserveTriggers extends pulumi.ComponentResource {
  constructor(name: string, args: ObserveTriggersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:ObserveTriggers", name, {}, opts);
    const { schema, name: table } = args.table;
    const definition = pulumi.output(args.url).apply((url) => observeFunctionSql({ ...args, url }));
    const body = new SqlFunction(
      `${schema}.${args.function}`,
      { schema, name: args.function, definition, execute: [] },
      { parent: this },
    );
    for (const trigger of observeTriggersSql(args)) {
      new Trigger(
        `${schema}.${table}.${trigger.name}`,
        { schema, table, name: trigger.name, definition: trigger.sql },
        { parent: this, dependsOn: body },
      );
    }
    this.registerOutputs();
  }
}
