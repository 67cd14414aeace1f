import type * as pulumi from "@pulumi/pulumi";

/** An output's value. The method is left out of the typings. */
export function settle<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
