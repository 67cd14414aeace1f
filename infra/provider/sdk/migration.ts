import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

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
  /**
   * Names of files of which all may be there already, made by hand. Where everything is there that such a file creates,
   * it is recorded as applied without being run (and without being compared); where nothing is, it is run like the others.
   */
  baseline?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Take over a migration that another stack applied. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/**
 * Tables and their changes, rolled forward only. Deleting it keeps every table and forgets what was applied. Import id: the name.
 *
 * What somebody changes of the tables, views, sequences and types that the files made shows in every preview: columns,
 * constraints, indexes, policies, row security, privileges, owner, comments, options. An update writes nothing to them: it
 * succeeds, warns, and keeps showing each change until it is undone by hand, or until a new file changes the table or
 * says its name; from then on the table is right as that file leaves it. A table that is gone shows too, and is not made again.
 */
export class Migration extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: MigrationArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:Migration", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
