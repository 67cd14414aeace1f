import { describe, expect, it } from "vitest";
import { canonicalTrigger } from "./canonical-trigger.ts";

const read = (sql: string) => canonicalTrigger(sql, "public");

/** As pg_get_triggerdef() writes it. */
const rendered =
  "CREATE TRIGGER on_job AFTER INSERT OR UPDATE OF status, id ON public.jobs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.wake('now', '5')";

describe("canonicalTrigger", () => {
  it("is the same for what a person wrote and what Postgres makes of it", () => {
    const written = `create or replace trigger on_job -- wakes
      after update of ID, status or insert on jobs referencing new table new_rows
      execute procedure public.wake('now', 5);`;
    expect(read(written)).toEqual(read(rendered));
  });

  it.each([
    ["the name", "on_job", "on_jobs"],
    ["the time", "AFTER", "BEFORE"],
    ["an event", "INSERT OR", "DELETE OR"],
    ["a column", "status, id", "status"],
    ["the table", "public.jobs", "public.job"],
    ["the level", "FOR EACH STATEMENT", "FOR EACH ROW"],
    ["the transition table", "new_rows", "rows"],
    ["an argument", "'now'", "'later'"],
    ["that it is a constraint", "CREATE TRIGGER", "CREATE CONSTRAINT TRIGGER"],
  ])("tells %s apart", (_, from, to) => {
    expect(read(rendered.replace(from, to))?.rest).not.toBe(read(rendered)?.rest);
  });

  it("leaves the condition and the function for Postgres to judge", () => {
    const sql = `create trigger t before update on a.b for row
      when (OLD.status is distinct from (NEW.status)) execute function wake();`;
    expect(read(sql)).toMatchObject({
      condition: "OLD.status is distinct from (NEW.status)",
      function: { schema: undefined, name: "wake" },
    });
  });

  it("says nothing about two statements, nor about a condition with a semicolon", () => {
    expect(read(`${rendered}; drop table jobs`)).toBeUndefined();
    expect(
      read("create trigger t before insert on a for row when (true; drop table a) execute function f()"),
    ).toBeUndefined();
  });
});
