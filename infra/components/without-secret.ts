import * as pulumi from "@pulumi/pulumi";

/** Passes a text that will be readable for many; fails the deployment if a secret went into it. `what` names the text. */
export function withoutSecret(what: string, text: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.all([text, pulumi.isSecret(text)]).apply(([known, secret]) => {
    if (!secret) return known;
    throw new pulumi.RunError(
      `${what} would hold a secret in clear; keep the secret in Vault and name it in the call`,
    );
  });
}
