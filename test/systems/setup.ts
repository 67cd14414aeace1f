import type { TestProject } from "vitest/node";
import { createTestPlatform, type TestPlatformLocation } from "../e2e/platform.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The platform that all tests of systems share. */
    platform: TestPlatformLocation;
  }
}

/** Global setup of the systems' tests: one platform with all systems, brought up by `npm run up`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const platform = await createTestPlatform();
  const stop = async () => {
    await platform.npm("down", "--purge");
  };
  try {
    await platform.npm("up", "--detach");
  } catch (cause) {
    await stop();
    throw cause;
  }
  project.provide("platform", { dir: platform.dir, ports: platform.ports });
  return stop;
}
