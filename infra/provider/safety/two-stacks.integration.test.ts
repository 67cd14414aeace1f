import type * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import * as jobstack from "../sdk.ts";
import { TestStack } from "../testing/pulumi-stack.ts";

let database: TestDatabase;
const stacks: TestStack[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const stack of stacks.splice(0)) stack.delete();
  await database.drop();
});

type Options = pulumi.CustomResourceOptions & { provider: jobstack.Provider };

async function stackOf(name: string, declare: (options: Options) => void): Promise<TestStack> {
  const stack = await TestStack.create(async () => {
    declare({ provider: new jobstack.Provider("project", { databaseUrl: database.url }) });
  }, name);
  stacks.push(stack);
  return stack;
}

/** Functions of one schema, with grants on the same roles: what Postgres refuses to have changed twice at once. */
function system(prefix: string, options: Options): void {
  const schema = new jobstack.Schema("shared", { name: "shared" }, options);
  const extension = new jobstack.Extension("crypto", { name: "pgcrypto" }, options);
  for (let index = 0; index < 10; index += 1) {
    const name = `${prefix}_${index}`;
    new jobstack.SqlFunction(
      name,
      {
        schema: "shared",
        name,
        definition: `create or replace function shared.${name}() returns int language sql as 'select ${index}'`,
        execute: ["anon", "service_role"],
      },
      { ...options, dependsOn: [schema, extension] },
    );
  }
  new jobstack.Role(
    prefix,
    { name: `${prefix}_${database.name}`, grants: [{ on: "schema", name: "shared", privileges: ["usage"] }] },
    { ...options, dependsOn: schema },
  );
}

describe("two stacks on one database, deployed at the same time,", { timeout: 240_000 }, () => {
  it("both succeed, share the schema and the extension, and then find nothing to do", async () => {
    const one = await stackOf("one", (options) => system("one", options));
    const two = await stackOf("two", (options) => system("two", options));
    const [first, second] = await Promise.all([one.up(), two.up()]);
    expect([first.length, second.length]).toEqual([13, 13]);
    expect([await one.preview(), await two.preview()]).toEqual([[], []]);
    const { rows } = await database.pool.query(
      "select count(*)::int as functions from pg_catalog.pg_proc where pronamespace = 'shared'::regnamespace",
    );
    expect(rows).toEqual([{ functions: 20 }]);

    await Promise.all([one.destroy(), two.destroy()]);
    const { rows: left } = await database.pool.query("select kind, id from jobstack_provider.resource");
    expect(left).toEqual([]);
  });

  it("want the same object: one gets it, the other is told whose it is, and what to do", async () => {
    const declare = (text: string) => (options: Options) => {
      const schema = new jobstack.Schema("shared", { name: "shared" }, options);
      const definition = `create or replace function shared.mine() returns text language sql as $$ select '${text}' $$`;
      new jobstack.SqlFunction(
        "mine",
        { schema: "shared", name: "mine", definition },
        { ...options, dependsOn: schema },
      );
    };
    const one = await stackOf("one", declare("one"));
    const two = await stackOf("two", declare("two"));
    const ups = [one, two].map((stack) => stack.startUp().ended);
    const ended = await Promise.all(ups);
    expect(ended.filter(({ failed }) => failed)).toHaveLength(1);

    const winner = ended[0]?.failed ? "two" : "one";
    const loser = ended.find(({ failed }) => failed);
    expect(loser?.output).toContain(
      `function "shared.mine": exists already and it belongs to urn:pulumi:${winner}::test::jobstack:index:SqlFunction::mine; import it with the id "shared.mine", or set adopt: true to take it over, or use another name`,
    );
    const { rows } = await database.pool.query("select shared.mine() as mine");
    expect(rows).toEqual([{ mine: winner }]);
    expect(await (winner === "one" ? one : two).preview()).toEqual([]);
  });
});
