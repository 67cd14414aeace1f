import { describe, expect, it } from "vitest";
import { readDeployPath } from "./deploy-path.ts";

describe("readDeployPath", () => {
  it.each([
    "supabase/functions/hello/index.ts",
    "supabase/functions/_shared/x.ts",
    "supabase/functions/héllo/..data/a...b.txt",
  ])("keeps %s", (name) => {
    expect(readDeployPath(name)).toEqual({ path: name });
  });

  it("drops a leading ./", () => {
    expect(readDeployPath("./supabase/a.ts")).toEqual({ path: "supabase/a.ts" });
  });

  it.each([
    ["", "is empty"],
    ["./", "is empty"],
    ["/etc/passwd", "is absolute"],
    ["C:/x.ts", "is absolute"],
    ["../x.ts", 'has a ".." in it'],
    ["supabase/../../x.ts", 'has a ".." in it'],
    ["supabase/..", 'has a ".." in it'],
    ["supabase//x.ts", "has an empty part"],
    ["supabase/./x.ts", "has an empty part"],
    ["supabase/", "has an empty part"],
    ["supabase\\..\\x.ts", "has a backslash or a control character"],
    ["a\u0000.ts", "has a backslash or a control character"],
    ["a".repeat(513), "is longer than 512 characters"],
  ])("refuses %j because it %s", (name, reason) => {
    expect(readDeployPath(name).problem).toBe(
      `file "${name.slice(0, 512)}": ${reason}; write a path relative to the project's root, with slashes`,
    );
  });
});
