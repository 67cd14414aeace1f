import * as pulumi from "@pulumi/pulumi";

export interface ProjectArgs {
  /** Password for the project database. */
  databasePassword: pulumi.Input<string>;
  /** Desired instance size of the project. */
  instanceSize?: pulumi.Input<string>;
  /** Name of the project. */
  name?: pulumi.Input<string>;
  /** Organization slug. */
  organizationId: pulumi.Input<string>;
  /** Region where the project is located. */
  region: pulumi.Input<string>;
}

/** Project resource. Its id is the project's reference. */
export class Project extends pulumi.CustomResource {
  declare readonly databasePassword: pulumi.Output<string>;
  declare readonly instanceSize: pulumi.Output<string | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly organizationId: pulumi.Output<string>;
  declare readonly region: pulumi.Output<string>;

  constructor(name: string, args: ProjectArgs, opts?: pulumi.CustomResourceOptions) {
    const databasePassword = pulumi.secret(args.databasePassword);
    const secrets = { additionalSecretOutputs: ["databasePassword"] };
    super(
      "supabase:index/project:Project",
      name,
      { ...args, databasePassword },
      pulumi.mergeOptions(opts, secrets),
    );
  }
}
