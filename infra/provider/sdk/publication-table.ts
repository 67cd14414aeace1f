import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface PublicationTableArgs {
  /** Schema of the table. A change replaces the resource. */
  schema: pulumi.Input<string>;
  /** Table whose changes are published. A change replaces the resource. */
  table: pulumi.Input<string>;
  /** Publication that gets the table. A change replaces the resource. Default: "supabase_realtime", to which Realtime listens. */
  publication?: pulumi.Input<string> | undefined;
  /** Only these columns are published; those of the primary key must be among them. Default: all. */
  columns?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Only rows for which this SQL condition is true are published. Default: every row. */
  where?: pulumi.Input<string> | undefined;
  /** Take over a table that the publication has already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A table in a publication, so that Supabase Realtime tells of its changes. Import id: "schema.table.publication". */
export class PublicationTable extends pulumi.CustomResource {
  declare readonly schema: pulumi.Output<string>;
  declare readonly table: pulumi.Output<string>;
  declare readonly publication: pulumi.Output<string>;

  constructor(name: string, args: PublicationTableArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:PublicationTable", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
