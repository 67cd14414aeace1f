import { describe, expect, it } from "vitest";
import { EdgeFunctions } from "./edge-functions.ts";
import { declare, inputsOf } from "./testing/declare.ts";
import { settle } from "./testing/settle.ts";

const place = { root: "/project", url: "https://example.com/functions/v1/" };

describe.each([true, false])("EdgeFunctions (preview: %s)", (preview) => {
  it("declares each function, by default from its own folder and for callers with a JWT", async () => {
    const declared = await declare(() => {
      new EdgeFunctions("app", {
        ...place,
        functions: {
          hello: {},
          worker: {
            slug: "worker-staging",
            entrypoint: "worker.ts",
            verifyJwt: false,
            staticFiles: ["*.txt"],
          },
        },
      });
    }, preview);
    expect(declared.map(({ type, name }) => [type, name])).toEqual([
      ["jobstack:component:EdgeFunctions", "app"],
      ["jobstack:index:EdgeFunction", "hello"],
      ["jobstack:index:EdgeFunction", "worker-staging"],
    ]);
    expect(inputsOf(declared, "EdgeFunction", "hello")).toEqual({
      slug: "hello",
      root: "/project",
      entrypoint: "supabase/functions/hello/index.ts",
      verifyJwt: true,
    });
    expect(inputsOf(declared, "EdgeFunction", "worker-staging")).toEqual({
      slug: "worker-staging",
      root: "/project",
      entrypoint: "worker.ts",
      verifyJwt: false,
      staticFiles: ["*.txt"],
    });
  });

  it("gives a function's address, with its slug and one slash", async () => {
    let url: Promise<string> | undefined;
    await declare(() => {
      const functions = new EdgeFunctions("app", { ...place, functions: { worker: { slug: "worker-2" } } });
      url = settle(functions.url("worker"));
    }, preview);
    expect(await url).toBe("https://example.com/functions/v1/worker-2");
  });
});
