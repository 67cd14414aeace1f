import { expect, it } from "vitest";
import { isAdoptable } from "./adopt-existing.ts";
import { resources } from "./provider/resources.ts";

it("knows of every kind of resource whether it can be adopted", () => {
  const kinds = resources.map(({ kind, schema }) => [
    kind,
    "adopt" in (schema as never as { shape: object }).shape,
  ]);
  expect(kinds.length).toBeGreaterThan(10);
  expect(kinds.filter(([kind, adopts]) => isAdoptable(String(kind)) !== adopts)).toEqual([]);
});
