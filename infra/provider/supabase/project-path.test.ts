import { expect, it } from "vitest";
import { projectPath } from "./project-path.ts";

const unpacked = "file:///tmp/user_fn_abcdefghijklmnopqrst_00000000-0000-0000-0000-000000000001_7";

it.each([
  ["supabase/functions/hello/index.ts", "supabase/functions/hello/index.ts"],
  [`${unpacked}/source/supabase/functions/hello/index.ts`, "supabase/functions/hello/index.ts"],
  [`${unpacked}/index.ts`, "index.ts"],
  ["file:///srv/a%20b/supabase/functions/hello/index.ts", "supabase/functions/hello/index.ts"],
  ["file:///src/index.ts", "file:///src/index.ts"],
  ["", ""],
])("finds the path in %s", (address, path) => {
  expect(projectPath(address)).toBe(path);
});
