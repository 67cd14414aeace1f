import type { Drift } from "./diff.ts";
import type { Facts, Inputs } from "./resource.ts";

/** What Pulumi keeps as the outputs of a resource, apart from the inputs. */
export interface Outcome {
  id: string;
  inputs: Inputs;
  observed: Facts;
  /** Present only if there is any. */
  drift?: Drift;
}
