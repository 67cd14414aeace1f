import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { decodeProperties, secretTexts } from "./properties.ts";
import type { Resource } from "./resource.ts";
import { secretInputPaths } from "./state.ts";

const STRUCT_GETTERS = ["getNews", "getOlds", "getProperties", "getInputs", "getOldInputs"] as const;

/** Every request of the protocol that carries properties has some of these. */
export type PropertiesRequest = { [Getter in (typeof STRUCT_GETTERS)[number]]?: () => Struct | undefined };

export interface RequestSecrets {
  /** Values of inputs that are nothing but a secret. */
  values: string[];
  /** Other inputs that the program made secret, such as a statement with a secret in it. */
  texts: string[];
}

export function secretsOfRequest(resource: Resource | undefined, request: PropertiesRequest): RequestSecrets {
  const secrets: RequestSecrets = { values: [], texts: [] };
  for (const getter of STRUCT_GETTERS) {
    const decoded = decodeProperties(request[getter]?.());
    const paths = resource === undefined ? decoded.secretPaths : secretInputPaths(resource, decoded);
    for (const path of paths) {
      const kind = resource?.secretInputs?.includes(String(path[0])) ? "values" : "texts";
      secrets[kind].push(...secretTexts({ ...decoded, secretPaths: [path] }));
    }
  }
  return secrets;
}
