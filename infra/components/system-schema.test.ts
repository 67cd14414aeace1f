import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { declareSystemSchema } from "./system-schema.ts";
import { declare, inputsOf } from "./testing/declare.ts";

function declareIn(schema: string) {
  return declare(() => {
    const parent = new pulumi.ComponentResource("test:index:System", "system");
    declareSystemSchema(schema, { parent, dependsOn: [] });
  });
}

it("makes a system's own schema, open to those who call its functions", async () => {
  expect(inputsOf(await declareIn("story"), "Schema", "story")).toMatchObject({
    name: "story",
    usage: ["authenticated", "service_role"],
  });
});

it("leaves public alone", async () => {
  expect((await declareIn("public")).map(({ type }) => type)).toEqual(["test:index:System"]);
});
