import { expect, it } from "vitest";
import { Serial } from "./serial.ts";

it("runs one task after the other, also after a failure", async () => {
  const serial = new Serial();
  const log: string[] = [];
  const task = (name: string, fail = false) =>
    serial.run(async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fail) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([task("a"), task("b", true), task("c")]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

it("refuses what waits once the signal comes, and leaves what runs to end", async () => {
  const controller = new AbortController();
  const serial = new Serial(controller.signal);
  let end = () => {};
  const running = serial.run(() => new Promise<void>((resolve) => (end = resolve)));
  let begun = false;
  const waiting = serial.run(async () => {
    begun = true;
  });
  await Promise.resolve();
  controller.abort(new Error("cancelled"));
  await expect(waiting).rejects.toThrow("cancelled");
  await expect(serial.run(async () => {})).rejects.toThrow("cancelled");
  end();
  await expect(running).resolves.toBeUndefined();
  expect(begun).toBe(false);
});
