import { type Change, type Drift, diffValues, driftSentences, topLevelKey } from "./diff.ts";
import { formatPath, type Path } from "./path.ts";
import { messages, type ProviderMessages } from "./protocol.ts";
import type { Inputs, Resource } from "./resource.ts";

export interface DiffQuestion {
  before: Inputs;
  after: Inputs;
  drift: Drift;
  /** Inputs whose changes the program wants ignored. */
  ignored: readonly string[];
}

/** The answer to Diff: changed inputs by path, and drifted facts as entries of the output `drift` that will go away. */
export function diffResponse(resource: Resource, question: DiffQuestion): ProviderMessages.DiffResponse {
  const response = new messages.DiffResponse();
  response.setDeletebeforereplace(true);
  response.setHasdetaileddiff(true);
  const changes = inputChanges(resource, question.before, question.after);
  const drifted = uncoveredDrift(resource, question);
  for (const change of changes) {
    const replaces = resource.identity.includes(topLevelKey(change));
    response.getDetaileddiffMap().set(formatPath(change.path), inputDiff(change, replaces));
    if (replaces) response.addReplaces(topLevelKey(change));
  }
  for (const path of drifted) response.getDetaileddiffMap().set(formatPath(["drift", ...path]), driftDiff());
  const differing = [...changes.map(topLevelKey), ...(drifted.length > 0 ? ["drift"] : [])];
  response.setDiffsList([...new Set(differing)]);
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(differing.length === 0 ? DIFF_NONE : DIFF_SOME);
  return response;
}

/** Without the inputs that say nothing about the object. */
export function inputChanges(resource: Resource, before: Inputs, after: Inputs): Change[] {
  // How to work is not what to make: adopting matters only once.
  const uncompared = ["adopt", ...(resource.workingInputs ?? [])];
  return diffValues(before, after).filter((change) => !uncompared.includes(topLevelKey(change)));
}

/** Paths of the drift that no ignored input stands for. */
function uncoveredDrift(resource: Resource, { drift, ignored }: DiffQuestion): Path[] {
  const paths = driftSentences(drift).map(({ path }) => path);
  return paths.filter(([fact = ""]) => {
    const shownAs = resource.shownAs[fact] ?? [];
    return shownAs.length === 0 || !shownAs.every((key) => ignored.includes(key));
  });
}

function inputDiff(change: Change, replaces: boolean): ProviderMessages.PropertyDiff {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  const kinds = {
    add: replaces ? ADD_REPLACE : ADD,
    delete: replaces ? DELETE_REPLACE : DELETE,
    update: replaces ? UPDATE_REPLACE : UPDATE,
  };
  const diff = new messages.PropertyDiff();
  diff.setKind(kinds[change.kind]);
  diff.setInputdiff(true);
  return diff;
}

function driftDiff(): ProviderMessages.PropertyDiff {
  const diff = new messages.PropertyDiff();
  diff.setKind(messages.PropertyDiff.Kind.DELETE);
  return diff;
}
