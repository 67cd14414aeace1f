import { expect, it } from "vitest";
import { statementsOf } from "./statements.ts";

it("splits at the semicolons between statements", () => {
  expect(statementsOf("select 1; ; select 2;\n")).toEqual(["select 1", "select 2"]);
});

it("leaves out what only looks like a statement", () => {
  const script = `
    -- commit;
    /* commit; /* nested; */ commit; */
    select 'commit; it''s', e'\\'; commit;', "a;""b";
    do $$ begin commit; end $$;
    create function f() returns int language sql as $body$ select 1; $body$;
  `;
  expect(statementsOf(script)).toEqual([
    "select '', '', ''",
    "do ''",
    "create function f() returns int language sql as ''",
  ]);
});

it("keeps quoted names if told to", () => {
  expect(statementsOf(`select 'a;b', "a;""b"`, { names: true })).toEqual([`select '', "a;""b"`]);
});

it("keeps a parameter number and a dollar in a name apart from a dollar quote", () => {
  expect(statementsOf("select $1; select a$b; commit")).toEqual(["select $1", "select a$b", "commit"]);
});

it("takes an unfinished quote or comment to the end", () => {
  expect(statementsOf("select 1; /* commit;")).toEqual(["select 1"]);
  expect(statementsOf("do $$ commit;")).toEqual(["do ''"]);
});
