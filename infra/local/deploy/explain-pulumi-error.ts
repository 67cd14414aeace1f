import { CommandError } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../user-error.ts";

/** What the CLI says, and what to do about it. */
const explanations: [pattern: RegExp, advise: (stack: string, env: NodeJS.ProcessEnv) => string][] = [
  [
    /must be set for login|not logged in/,
    () => 'not logged in to a Pulumi backend; run "npm run pulumi -- login", or set PULUMI_ACCESS_TOKEN',
  ],
  [
    /no stack named/,
    (stack, { PULUMI_BACKEND_URL: url }) =>
      `does not exist in ${url ? `the backend ${url}, which PULUMI_BACKEND_URL names` : "the backend you are logged in to"}; ` +
      `make it with "npm run pulumi -- stack init ${stack}"`,
  ],
  [
    /passphrase must be set/,
    () => "its secrets are locked; set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE",
  ],
  [
    /incorrect passphrase/,
    () => "PULUMI_CONFIG_PASSPHRASE is not the passphrase of its secrets; set the right one",
  ],
  [
    /currently locked by|Another update is currently in progress/,
    (stack) =>
      `another deployment of it is under way; wait for that one, or, if it was killed, run "npm run pulumi -- cancel --stack ${stack}"`,
  ],
];

/** Undefined for an error that is not one of those above. */
export function explainPulumiError(
  error: unknown,
  stack: string,
  env: NodeJS.ProcessEnv,
): UserError | undefined {
  if (!(error instanceof CommandError)) return undefined;
  const known = explanations.find(([pattern]) => pattern.test(error.message));
  return known && new UserError(`stack "${stack}": ${known[1](stack, env)}`, [], { cause: error });
}

/** An error of the CLI in its own words, without our stack trace; any other as it is. */
export function quotePulumiError(error: unknown, stack: string): unknown {
  if (!(error instanceof CommandError)) return error;
  const lines = [...error.message.matchAll(/^error: (.*)$/gm)].map(([, line = ""]) => line);
  if (lines.length === 0) return error;
  return new UserError(`stack "${stack}": the Pulumi CLI failed`, [...new Set(lines)], { cause: error });
}
