import { mkdir } from "node:fs/promises";
import { FunctionStore } from "./store/function-store.ts";
import { SecretStore } from "./store/secret-store.ts";

/** Everything the platform keeps about the project, in one folder that only its owner can open. */
export interface PlatformStore {
  functions: FunctionStore;
  secrets: SecretStore;
}

/** Also deletes the code of deploys that never became live, as a killed platform leaves them. */
export async function openPlatformStore(directory: string): Promise<PlatformStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const store = { functions: new FunctionStore(directory), secrets: new SecretStore(directory) };
  await store.functions.sweep(new Set());
  return store;
}
