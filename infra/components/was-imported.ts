import { type CustomResourceOptions, rootStackResource } from "@pulumi/pulumi";

/**
 * A component's part may have stood in the program by itself before, imported or adopted under the name that the component
 * gives it: then it moves into the component, and is neither made nor deleted.
 */
export const wasImported: CustomResourceOptions = { aliases: [{ parent: rootStackResource }] };
