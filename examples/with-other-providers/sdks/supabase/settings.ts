import * as pulumi from "@pulumi/pulumi";

export interface SettingsArgs {
  /** API settings as serialised JSON. */
  api?: pulumi.Input<string>;
  /** Auth settings as serialised JSON. */
  auth?: pulumi.Input<string>;
  /** Database settings as serialised JSON. */
  database?: pulumi.Input<string>;
  /** Network settings as serialised JSON. */
  network?: pulumi.Input<string>;
  /** Pooler settings as serialised JSON. */
  pooler?: pulumi.Input<string>;
  /** Project reference ID. */
  projectRef: pulumi.Input<string>;
  /** Storage settings as serialised JSON. */
  storage?: pulumi.Input<string>;
}

/** Settings resource. */
export class Settings extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;

  constructor(name: string, args: SettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/settings:Settings", name, args, opts);
  }
}
