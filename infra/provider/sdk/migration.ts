import * as pulumi from "@pulumi/pulumi";

export interface MigrationFile {
  /** Name of the file, unique in the migration, e.g. "001_jobs.sql". */
  name: pulumi.Input<string>;
  /** The whole text; runs in one transaction, so without BEGIN, COMMIT and CONCURRENTLY. */
  sql: pulumi.Input<string>;
}

export interface MigrationArgs {
  /** Name of the set of files, e.g. "jobs". A change replaces the resource. */
  name: pulumi.Input<string>;
  /** Files in the order they are applied, each once. An applied file must not be edited; append a new one. */
  files: pulumi.Input<pulumi.Input<MigrationFile>[]>;
  /** Take over a migration that another stack applied. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** Tables and their changes, rolled forward only. Deleting it keeps every table and forgets what was applied. Import id: the name. */
export class Migration extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: MigrationArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:Migration", name, { ...args, observed: undefined }, opts);
  }
}
