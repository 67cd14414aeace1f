import { expect, it } from "vitest";
import { systemSchema } from "./system-schema.ts";

function schemaWith(variables: Record<string, string>): string {
  return systemSchema({ get: (name) => variables[name] }, "STORY_SCHEMA", "story");
}

it("is what the deployment says", () => {
  expect(schemaWith({ STORY_SCHEMA: "public" })).toBe('"public"');
  expect(schemaWith({ STORY_SCHEMA: 'a "b"' })).toBe('"a ""b"""');
});

it("is the system's own while the deployment says nothing", () => {
  expect(schemaWith({})).toBe('"story"');
  expect(schemaWith({ STORY_SCHEMA: "" })).toBe('"story"');
});
