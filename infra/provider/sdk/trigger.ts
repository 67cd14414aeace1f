import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface TriggerArgs {
  /** Schema of the table. A change replaces the resource. */
  schema: pulumi.Input<string>;
  /** Table the trigger is on. A change replaces the resource. */
  table: pulumi.Input<string>;
  /** Name of the trigger. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** One whole `create trigger` or `create or replace trigger` statement that makes exactly this trigger. */
  definition: pulumi.Input<string>;
  /** False disables the trigger and keeps it. Default: true. */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * Sessions in which an enabled trigger fires: "origin" is all but those that apply a replica's changes, "replica" these
   * alone, "always" both. Default: "origin".
   */
  firesIn?: pulumi.Input<"origin" | "replica" | "always"> | undefined;
  /** Text for `comment on trigger`. Default: the comment found or set before is kept. */
  comment?: pulumi.Input<string> | undefined;
  /** Take over a trigger that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A trigger on a table. Import id: "schema.table.name". */
export class Trigger extends pulumi.CustomResource {
  declare readonly schema: pulumi.Output<string>;
  declare readonly table: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: TriggerArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:Trigger", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
