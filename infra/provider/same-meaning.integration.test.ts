import { beforeAll, describe, expect, it } from "vitest";
import { useTestDatabase } from "../../test/support/use-test-database.ts";
import type { PlainInputs } from "./testing/provider-client.ts";
import { useProvider } from "./testing/use-provider.ts";

const database = useTestDatabase(async ({ pool }) => {
  await pool.query(`
    create table public.job (id int, status text not null, tries int);
    create schema other;
    create function public.wake() returns trigger language plpgsql as $$ begin return null; end $$;
    create function other.wake() returns trigger language plpgsql as $$ begin return null; end $$;
    create function public.unsafe() returns int language sql security definer as 'select 1';
    create trigger on_job after insert on job for each row when (NEW.status = 'pending' and NEW.tries < 3)
      execute function wake();
  `);
});
const functions = useProvider("SqlFunction", () => ({ databaseUrl: database().url }));
const triggers = useProvider("Trigger", () => ({ databaseUrl: database().url }));

describe("an imported trigger", () => {
  const inputs = (condition: string, call = "wake()"): PlainInputs => ({
    ...{ schema: "public", table: "job", name: "on_job" },
    definition: `CREATE TRIGGER on_job AFTER INSERT ON job FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ${call}`,
  });
  const change = async (wanted: PlainInputs) => {
    const { client } = triggers;
    const found = await client.read("Trigger", "public.job.on_job");
    if (found === undefined) throw new Error("not there");
    const { inputs: checked } = await client.check("Trigger", wanted);
    return Object.keys((await client.diff("Trigger", found, checked)).detailed);
  };

  it.each(["NEW.status = 'pending' and NEW.tries < 3", "((new.status)='pending') AND ((NEW.tries<(3)))"])(
    "is as the program says, whatever way its condition is written: %s",
    async (condition) => {
      expect(await change(inputs(condition))).toEqual([]);
    },
  );

  it.each([
    ["another condition", inputs("NEW.status = 'queued' and NEW.tries < 3")],
    ["a condition that is bound otherwise", inputs("NEW.status = ('pending' and NEW.tries < 3)::text")],
    ["a condition that cannot be planned", inputs("NEW.nothing = 1")],
    ["a function of that name elsewhere", inputs("NEW.status = 'pending' and NEW.tries < 3", "other.wake()")],
    ["a function that is not there", inputs("NEW.status = 'pending' and NEW.tries < 3", "nothing()")],
  ])("changes by %s", async (_, wanted) => {
    expect(await change(wanted)).toEqual(["definition"]);
  });
});

describe("a function that is security definer without a fixed search_path", () => {
  const inputs = (body: string, rights = "security definer"): PlainInputs => ({
    ...{ schema: "public", name: "unsafe" },
    definition: `create or replace function unsafe() returns int language sql ${rights} as '${body}'`,
  });
  let adopted: Awaited<ReturnType<typeof functions.create>>;
  let asMade: unknown[];
  beforeAll(async () => {
    asMade = (await database().pool.query("select xmin from pg_proc where proname = 'unsafe'")).rows;
    adopted = await functions.create({ ...inputs("select 1"), adopt: true });
  });

  it("is adopted as it is, since somebody made it so", async () => {
    const { rows } = await database().pool.query("select xmin from pg_proc where proname = 'unsafe'");
    expect(rows).toEqual(asMade);
    expect(adopted.id).toBe("public.unsafe");
  });

  it("may be changed, with a warning each time", async () => {
    await functions.update(adopted, inputs("select 2"));
    expect(functions.client.process.log()).toContain(
      `function "public.unsafe" is security definer without a fixed search_path`,
    );
  });

  it("is not made unsafe again once it was made safe", async () => {
    const safe = await functions.update(
      adopted,
      inputs("select 2", "security definer set search_path = pg_catalog"),
    );
    await expect(functions.update(safe, inputs("select 3"))).rejects.toThrow("without a fixed search_path");
  });
});
