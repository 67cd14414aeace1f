import { describe, expect, it } from "vitest";
import { environmentNames } from "./environment-names.ts";
import { perEnvironment } from "./per-environment.ts";

function setup() {
  const made: string[] = [];
  const handle = perEnvironment("job-worker", (names) => {
    made.push(names.object("story"));
    return async () =>
      new Response([names.object("story"), names.schema("story"), names.secret("KEY")].join());
  });
  const call = async (path: string) => {
    const response = await handle(new Request(`http://localhost${path}`));
    return `${response.status} ${await response.text()}`;
  };
  return { call, made };
}

describe("perEnvironment", () => {
  it("uses the plain names for the function's own name", async () => {
    const { call } = setup();
    expect(await call("/job-worker")).toBe("200 story,story,KEY");
    expect(await call("/job-worker/below?x=1")).toBe("200 story,story,KEY");
  });

  it("uses the names of the environment behind the function's name", async () => {
    expect(await setup().call("/job-worker-staging")).toBe("200 story-staging,story_staging,KEY_STAGING");
  });

  it("makes one handler per environment", async () => {
    const { call, made } = setup();
    for (const path of ["/job-worker", "/job-worker-staging", "/job-worker", "/job-worker-staging"])
      await call(path);
    expect(made).toEqual(["story", "story-staging"]);
  });

  it.each([
    "/",
    "/job-status",
    "/job-workers",
    "/job-worker-",
    "/job-worker-A",
    "/job-worker-a'b",
    "/x/job-worker",
  ])("makes none for %s", async (path) => {
    const { call, made } = setup();
    expect(await call(path)).toBe('404 {"error":"not found; call /job-worker"}');
    expect(made).toEqual([]);
  });
});

describe("environmentNames", () => {
  it("keeps two environments apart in every kind of name", () => {
    const [own, guest] = [environmentNames(), environmentNames("staging")];
    for (const kind of ["object", "schema", "secret"] as const)
      expect(own[kind]("x")).not.toBe(guest[kind]("x"));
  });
});
