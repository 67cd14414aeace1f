import { describe, expect, it } from "vitest";
import { renameSql } from "./rename-sql.ts";
import { readSqlFolder } from "./sql-files.ts";

const names = { schemas: { story: 'a "b"' }, texts: { story: "it's", KEY: "KEY_2" } };

describe("renameSql", () => {
  it.each([
    [
      "qualified names",
      "select story.f(), story.t.c from story.t",
      `select "a ""b""".f(), "a ""b""".t.c from "a ""b""".t`,
    ],
    ["qualified names in quotes", `table "story"."t"`, `table "a ""b"""."t"`],
    ["whole literals", "select f('story', 'KEY')", "select f('it''s', 'KEY_2')"],
    [
      "both in a function's body",
      "as $$ begin return story.f('story'); end $$",
      `as $$ begin return "a ""b""".f('it''s'); end $$`,
    ],
  ])("changes %s", (_, sql, renamed) => {
    expect(renameSql(sql, names)).toBe(renamed);
  });

  it.each([
    "-- story.jobs of 'story' isn't renamed\n",
    "/* story.jobs, 'story', it's */",
    "select 'see story.jobs', 'it''s story.jobs', e'\\' story.jobs'",
    'select mystory.f(), x.story.f(), story_2.f(), "my story".f(), story from t',
    "select 'constructor', toString.f()",
  ])("leaves alone: %s", (sql) => {
    expect(renameSql(sql, names)).toBe(sql);
  });

  it("keeps every byte of every file when no name changes, and renames every schema otherwise", () => {
    const same = { schemas: { story: "story" }, texts: { story: "story" } };
    const files = ["story/migrations", "story/functions", "story/triggers"].flatMap(readSqlFolder);
    for (const { sql } of files) {
      expect(renameSql(sql, same)).toBe(sql);
      const code = renameSql(sql, names).replace(/--.*/g, "");
      expect(code).not.toMatch(/\bstory\./);
      expect(code).toContain('"a ""b""".');
    }
  });
});
