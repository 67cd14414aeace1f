import { hashSync } from "bcryptjs";
import { expect, it } from "vitest";
import type { Access } from "./access.ts";
import { createAuthorize } from "./authorize.ts";

const access: Access = {
  bearerToken: "t0ken",
  users: [
    { name: "ada", passwordHash: hashSync("hunter2", 4) },
    { name: "bob", password: "with: colon and ümlaut" },
  ],
};

const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;

it.each([
  ["Bearer t0ken"],
  ["bearer t0ken"],
  [basic("ada", "hunter2")],
  [basic("bob", "with: colon and ümlaut")],
])("opens for %s, the second time as well", async (header) => {
  const authorize = createAuthorize();
  expect(await authorize(access, header)).toBe(true);
  expect(await authorize(access, header)).toBe(true);
});

it.each([
  [undefined],
  [""],
  ["Bearer"],
  ["Bearer "],
  ["Bearer t0ke"],
  ["Bearer t0ken2"],
  ["Digest t0ken"],
  ["t0ken"],
  [basic("ada", "")],
  [basic("ada", "with: colon and ümlaut")],
  [basic("", "hunter2")],
  [basic("eve", "hunter2")],
  [`Basic ${Buffer.from("ada").toString("base64")}`],
  ["Basic %%%"],
])("stays shut for %s, also after others came in", async (header) => {
  const authorize = createAuthorize();
  await authorize(access, basic("ada", "hunter2"));
  expect(await authorize(access, header)).toBe(false);
});

it("opens for nobody by a token or user that is not there", async () => {
  const authorize = createAuthorize();
  expect(await authorize({ bearerToken: null, users: access.users }, "Bearer t0ken")).toBe(false);
  expect(await authorize({ bearerToken: null, users: access.users }, "Bearer null")).toBe(false);
  expect(await authorize({ bearerToken: "t0ken", users: [] }, basic("ada", "hunter2"))).toBe(false);
});

it("forgets a password whose hash was changed", async () => {
  const authorize = createAuthorize();
  expect(await authorize(access, basic("ada", "hunter2"))).toBe(true);
  const changed = { bearerToken: null, users: [{ name: "ada", passwordHash: hashSync("hunter3", 4) }] };
  expect(await authorize(changed, basic("ada", "hunter2"))).toBe(false);
  expect(await authorize(changed, basic("ada", "hunter3"))).toBe(true);
});
