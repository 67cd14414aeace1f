import { expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { Batcher } from "./batcher.ts";

type Item = { name: string; value: string };

function setup(fail: (items: Item[]) => Error | undefined = () => undefined) {
  const batches: string[][] = [];
  const batcher = new Batcher<Item>({
    send: async (items) => {
      batches.push(items.map(({ name, value }) => `${name}=${value}`));
      const error = fail(items);
      if (error !== undefined) throw error;
    },
    key: ({ name }) => name,
    characters: ({ value }) => value.length,
    gatherMs: () => 0,
  });
  return { batches, batcher };
}

const refusal = (status: number) =>
  new ApiError({ request: "POST /secrets", status, message: "no", retryAfterMs: 0, mayBeDone: false });
const item = (name: string, value = "v"): Item => ({ name, value });

it("sends together what is asked for within a moment, in its order", async () => {
  const { batches, batcher } = setup();
  await Promise.all([batcher.add([item("A"), item("B")]), batcher.add([item("C")])]);
  await batcher.add([item("D")]);
  expect(batches).toEqual([["A=v", "B=v", "C=v"], ["D=v"]]);
});

it("sends nothing for nothing", async () => {
  const { batches, batcher } = setup();
  await batcher.add([]);
  expect(batches).toEqual([]);
});

it("never sends the same key twice in one request", async () => {
  const { batches, batcher } = setup();
  await Promise.all([
    batcher.add([item("A", "1")]),
    batcher.add([item("B")]),
    batcher.add([item("A", "2")]),
    batcher.add([item("C")]),
  ]);
  expect(batches).toEqual([
    ["A=1", "B=v"],
    ["A=2", "C=v"],
  ]);
});

it("keeps within a hundred items and 256 KiB", async () => {
  const { batches, batcher } = setup();
  await Promise.all(Array.from({ length: 250 }, (_, index) => batcher.add([item(`N${index}`)])));
  expect(batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
  batches.length = 0;
  await Promise.all(Array.from({ length: 25 }, (_, i) => batcher.add([item(`N${i}`, "x".repeat(24_576))])));
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
});

it.each([400, 413])("tells with status %d only those that are to blame, in few requests", async (status) => {
  const { batches, batcher } = setup((items) =>
    items.some(({ value }) => value === "bad") ? refusal(status) : undefined,
  );
  const names = Array.from({ length: 64 }, (_, index) => `N${index}`);
  const results = await Promise.allSettled(
    names.map((name) => batcher.add([item(name, name === "N37" ? "bad" : "good")])),
  );
  const refused = names.filter((_, index) => results[index]?.status === "rejected");
  expect(refused).toEqual(["N37"]);
  expect(batches).toHaveLength(13);
});

it("tells everybody of a fault that is nobody's, and goes on with the next", async () => {
  let faults = 1;
  const { batches, batcher } = setup(() => (faults-- > 0 ? refusal(500) : undefined));
  const results = await Promise.allSettled([batcher.add([item("A")]), batcher.add([item("B")])]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(batches).toHaveLength(1);
  await batcher.add([item("A")]);
});
