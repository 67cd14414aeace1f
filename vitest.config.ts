import { defineConfig } from "vitest/config";

const ignored = ["**/node_modules/**", ".jobstack/**"];

/** Deno's `npm:jose@6.2.17` is Node's `jose`; the versions are the same, since package.json pins them. */
const alias = [{ find: /^npm:((?:@[^/]+\/)?[^@/]+)@[^/]+/, replacement: "$1" }];

/**
 * Four kinds of tests by file name: `x.test.ts` needs nothing, `x.integration.test.ts` real parts on a private
 * cluster, `x.e2e.test.ts` a whole platform of its own brought up by `npm run up`, `x.systems.test.ts` one platform
 * that all of them share.
 */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...ignored, "**/*.{integration,e2e,systems}.test.ts"],
          // They share no state, so a fresh process for each file would only cost time.
          pool: "threads",
          isolate: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["**/*.integration.test.ts"],
          exclude: ignored,
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          globalSetup: ["test/support/cluster-setup.ts"],
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/**/*.e2e.test.ts"],
          exclude: ignored,
          pool: "forks",
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "systems",
          include: ["test/systems/**/*.systems.test.ts"],
          exclude: ignored,
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 120_000,
          globalSetup: ["test/systems/setup.ts"],
        },
      },
    ],
  },
});
