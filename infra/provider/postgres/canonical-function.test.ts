import { describe, expect, it } from "vitest";
import { canonicalFunction } from "./canonical-function.ts";

const same = (a: string, b: string) => {
  const [first, second] = [canonicalFunction(a, "public"), canonicalFunction(b, "public")];
  return first !== undefined && first === second;
};

/** As pg_get_functiondef() writes it. */
const rendered = `CREATE OR REPLACE FUNCTION public.count_jobs(state text, "limit" integer DEFAULT 5)
 RETURNS integer
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER COST 5
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  return 1; -- 'one'
end;
$function$
`;

const body = "\nbegin\n  return 1; -- 'one'\nend;\n";

describe("canonicalFunction", () => {
  it("is the same for what a person wrote and what Postgres makes of it", () => {
    const written = `-- Counts.
      create function Count_Jobs(IN state TEXT, "limit" int = 5) returns int4
      set search_path = public, pg_temp
      /* kept /* for */ now */ external security definer
      volatile cost 5 language 'plpgsql' stable
      as $$${body}$$;`;
    expect(same(rendered, written)).toBe(true);
    expect(same(rendered, rendered.replaceAll("$function$", "$x$"))).toBe(true);
    expect(same(rendered, rendered.replace(/\$function\$[\s\S]*/, `'${body.replaceAll("'", "''")}'`))).toBe(
      true,
    );
  });

  it.each([
    ["a byte of the body", "return 1;", "return  1;"],
    ["the letter case of the body", "-- 'one'", "-- 'One'"],
    ["the name", "count_jobs", "count_job"],
    ["the schema", "public.count", "private.count"],
    ["a default value", "DEFAULT 5", "DEFAULT 6"],
    ["the name of an argument", "state text", "status text"],
    ["a quoted name", '"limit"', '"Limit"'],
    ["the result", "RETURNS integer", "RETURNS bigint"],
    ["the volatility", "STABLE ", "IMMUTABLE "],
    ["whose rights it has", "SECURITY DEFINER", ""],
    ["a setting", "'public', 'pg_temp'", "'public'"],
    ["the language", "LANGUAGE plpgsql", "LANGUAGE sql"],
    ["the cost", "COST 5", "COST 6"],
    ["that it is a procedure", "FUNCTION", "PROCEDURE"],
  ])("tells %s apart", (_, from, to) => {
    expect(rendered).toContain(from);
    expect(same(rendered, rendered.replace(from, to))).toBe(false);
  });

  it.each([
    ["two statements", `${rendered}; drop table jobs`],
    ["a body that Postgres parses", "create function f() returns int return 1"],
    ["an escape string", "create function f() returns int language sql as E'select 1'"],
    ["an open quote", "create function f() returns int language sql as 'select 1"],
    ["an open comment", "create function f() /* returns int"],
    ["no function", "create table f (id int)"],
  ])("says nothing about %s", (_, sql) => {
    expect(canonicalFunction(sql, "public")).toBeUndefined();
  });
});
