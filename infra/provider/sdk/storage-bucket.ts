import * as pulumi from "@pulumi/pulumi";
import { deleteFirst } from "./delete-first.ts";

export interface StorageBucketArgs {
  /** Name of the bucket, which is its id as well. A change replaces the resource. */
  name: pulumi.Input<string>;
  /** True lets everyone read its objects, without a policy. Default: false. */
  public?: pulumi.Input<boolean> | undefined;
  /** Largest object in bytes. Default: the project's limit. */
  fileSizeLimit?: pulumi.Input<number> | undefined;
  /** Only objects of these types are taken, e.g. "image/png" or "image/*". Default: all. */
  allowedMimeTypes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Take over a bucket that exists already. Default: false. */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** A bucket of Supabase Storage. One that holds objects is kept when the resource is deleted. Import id: the name. */
export class StorageBucket extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: StorageBucketArgs, opts?: pulumi.CustomResourceOptions) {
    super("jobstack:index:StorageBucket", name, { ...args, observed: undefined }, deleteFirst(opts));
  }
}
