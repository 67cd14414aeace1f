import { expect, it } from "vitest";
import { systemsPlatform } from "./platform.ts";

const platform = systemsPlatform();

it("has its trigger enabled under the name that its users know", async () => {
  expect(
    await platform.queryIn(
      "story",
      "SELECT tgname, tgtype, tgenabled FROM pg_trigger WHERE tgname = 'on_job_insert';",
    ),
  ).toMatchObject([{ tgname: "on_job_insert", tgenabled: "O" }]);
});
