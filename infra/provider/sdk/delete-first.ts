import type { CustomResourceOptions } from "@pulumi/pulumi";

/**
 * Options of a resource whose object has a fixed name: what is there goes before its replacement comes. Told to replace
 * by `--replace`, `replaceOnChanges` or a taint, the engine does not ask the provider for the order, makes the new one
 * first, and then deletes it as the old one.
 */
export function deleteFirst(opts: CustomResourceOptions | undefined): CustomResourceOptions {
  return { deleteBeforeReplace: true, ...opts };
}
