import path from "node:path";
import type { EngineEvent, OpMap } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../user-error.ts";
import type { PulumiCli } from "../toolchain/find-pulumi.ts";
import type { Workspace } from "../workspace.ts";
import { clearStaleLock } from "./clear-stale-lock.ts";
import { openLocalStack } from "./open-local-stack.ts";
import { settleInterrupted, tellsOfInterruption } from "./settle-interrupted.ts";

export interface Deployment {
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
}

/** Deploys the `local` stack with the real engine; `onResource` hears one line per resource that changes. */
export async function deployLocalStack(
  workspace: Workspace,
  cli: PulumiCli,
  onResource: (line: string) => void,
): Promise<Deployment> {
  const stack = await openLocalStack(workspace, cli);
  await clearStaleLock(workspace, stack);
  const errors: string[] = [];
  let interrupted = false;
  try {
    const result = await stack.up({
      onEvent: (event) => {
        interrupted ||= tellsOfInterruption(event);
        const line = describeStep(event);
        if (line) onResource(line);
        const error = describeError(event);
        if (error && !errors.includes(error)) errors.push(error);
      },
    });
    if (interrupted) await settleInterrupted(stack);
    return countChanges(result.summary.resourceChanges);
  } catch (cause) {
    if (errors.length === 0) throw cause;
    throw new UserError(
      'stack "local": the deployment failed; mend this and run "npm run up" again',
      errors,
      {
        cause,
      },
    );
  }
}

const verbs: Record<string, string> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
};

function describeStep(event: EngineEvent): string | undefined {
  const step = event.resOutputsEvent?.metadata;
  const verb = step && verbs[step.op];
  if (!verb) return undefined;
  const [type = "", name = ""] = step.urn.split("::").slice(-2);
  return `${path.basename(type.split("$").at(-1) ?? type).replace(/^.*:/, "")} ${name} ${verb}`;
}

function describeError(event: EngineEvent): string | undefined {
  const diagnostic = event.diagnosticEvent;
  if (diagnostic?.severity !== "error") return undefined;
  const message = diagnostic.message.replace(/<\{%[^%]*%\}>/g, "").trim();
  // The engine closes with a line that only repeats that there were errors.
  if (message === "" || /^(update|preview) failed$/.test(message)) return undefined;
  return message;
}

function countChanges(changes: OpMap | undefined): Deployment {
  const count = (...ops: (keyof OpMap)[]) => ops.reduce((sum, op) => sum + (changes?.[op] ?? 0), 0);
  return {
    created: count("create"),
    updated: count("update", "replace"),
    deleted: count("delete"),
    unchanged: count("same"),
  };
}
