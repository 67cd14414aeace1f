import { expect, test } from "vitest";
import type { Call, Reply } from "./exchange.ts";
import { nextCall } from "./redirect.ts";

const post: Call = {
  method: "POST",
  url: new URL("http://a.test/start"),
  headers: [
    ["Content-Type", "application/json"],
    ["authorization", "Bearer x"],
  ],
  body: Buffer.from("{}"),
};

function reply(status: number, location?: string): Reply {
  return { status, location, headers: {}, contentType: null, body: Buffer.alloc(0) };
}

test.each([301, 302, 303])("turns a POST into a GET without body after %i", (status) => {
  expect(nextCall(post, reply(status, "/next"))).toMatchObject({ method: "GET", body: null });
});

test.each([307, 308])("repeats a POST with its body after %i", (status) => {
  expect(nextCall(post, reply(status, "/next"))).toMatchObject({ method: "POST", body: post.body });
});

test("resolves a relative address against the current one", () => {
  expect(nextCall(post, reply(302, "next?x=1"))?.url.href).toBe("http://a.test/next?x=1");
});

test("keeps credentials from another server", () => {
  expect(nextCall(post, reply(307, "http://b.test/"))?.headers).toEqual([
    ["Content-Type", "application/json"],
  ]);
  expect(nextCall(post, reply(307, "/same"))?.headers).toEqual(post.headers);
});

test("ends at a reply that does not point elsewhere", () => {
  expect(nextCall(post, reply(200, "/ignored"))).toBeUndefined();
  expect(nextCall(post, reply(304))).toBeUndefined();
});
