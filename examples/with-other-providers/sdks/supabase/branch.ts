import * as pulumi from "@pulumi/pulumi";

export interface BranchArgs {
  /** Git branch. */
  gitBranch: pulumi.Input<string>;
  /** Parent project ref. */
  parentProjectRef: pulumi.Input<string>;
  /** Database region. */
  region?: pulumi.Input<string>;
}

/** Database connection details. */
export interface BranchDatabase {
  host: string;
  /** Branch project ref. */
  id: string;
  jwtSecret: string;
  password: string;
  port: number;
  status: string;
  user: string;
  version: string;
}

/** Branch database resource. */
export class Branch extends pulumi.CustomResource {
  declare readonly database: pulumi.Output<BranchDatabase>;
  declare readonly gitBranch: pulumi.Output<string>;
  declare readonly parentProjectRef: pulumi.Output<string>;
  declare readonly region: pulumi.Output<string | undefined>;

  constructor(name: string, args: BranchArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/branch:Branch", name, { ...args, database: undefined }, opts);
  }
}
