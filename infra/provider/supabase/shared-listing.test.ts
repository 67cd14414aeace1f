import { expect, it } from "vitest";
import { SharedListing } from "./shared-listing.ts";

/** A listing whose requests the test answers itself. */
function setup() {
  let now = 0;
  const requests: PromiseWithResolvers<string>[] = [];
  const listing = new SharedListing<string>({
    fetch: () => {
      const request = withResolvers<string>();
      requests.push(request);
      return request.promise;
    },
    gatherMs: () => 0,
    now: () => now,
  });
  const sent = async (count: number) => await expect.poll(() => requests.length).toBe(count);
  return { listing, requests, sent, pass: (ms: number) => (now += ms) };
}

it("asks once for all who ask at the same time and for two seconds after", async () => {
  const { listing, requests, sent, pass } = setup();
  const early = [listing.get(), listing.get()];
  await sent(1);
  early.push(listing.get());
  requests[0]?.resolve("first");
  expect(await Promise.all(early)).toEqual(["first", "first", "first"]);
  pass(1_999);
  expect(await listing.get()).toBe("first");
  pass(1);
  const late = listing.get();
  await sent(2);
  requests[1]?.resolve("second");
  expect(await late).toBe("second");
});

it("answers after a change with nothing from before it, and asks once for all who wait", async () => {
  const { listing, requests, sent } = setup();
  const before = listing.get();
  await sent(1);
  listing.forget();
  const after = [listing.get()];
  listing.forget();
  after.push(listing.get());
  requests[0]?.resolve("old");
  expect(await before).toBe("old");
  await sent(2);
  requests[1]?.resolve("new");
  expect(await Promise.all(after)).toEqual(["new", "new"]);
  expect(await listing.get()).toBe("new");
  listing.forget();
  const later = listing.get();
  await sent(3);
  requests[2]?.resolve("newer");
  expect(await later).toBe("newer");
});

it("keeps no failure", async () => {
  const { listing, requests, sent } = setup();
  const failing = listing.get();
  await sent(1);
  requests[0]?.reject(new Error("down"));
  await expect(failing).rejects.toThrow("down");
  const again = listing.get();
  await sent(2);
  requests[1]?.resolve("up");
  expect(await again).toBe("up");
});

interface PromiseWithResolvers<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** Node 20 has no such function of its own. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  const parts = {} as PromiseWithResolvers<T>;
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
