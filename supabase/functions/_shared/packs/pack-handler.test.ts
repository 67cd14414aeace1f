import { jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { FakeDatabase } from "../testing/fake-database.ts";
import { PermanentError } from "../worker/permanent-error.ts";
import type { JobContext } from "../worker.ts";
import { createPackHandler } from "./pack-handler.ts";

const secret = "a-secret-that-the-application-knows";
const answerOf = (status: number, body: unknown) => async () =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status });

function setup(answer: (signal: AbortSignal) => Promise<Response> = answerOf(200, { success: true })) {
  const database = new FakeDatabase();
  const requests: Request[] = [];
  const handler = createPackHandler({
    query: database.query,
    schema: '"packs"',
    application: {
      baseUrl: "https://app.example.com/",
      secret,
      timeoutMs: 50,
      fetch: async (input, init) => {
        requests.push(new Request(input, { ...init, signal: null }));
        return answer(init?.signal as AbortSignal);
      },
    },
  });
  const context: JobContext = {
    queue: "packs",
    attempt: 2,
    maxAttempts: 4,
    token: "77",
    signal: new AbortController().signal,
    progress: async () => true,
  };
  const run = (job_type: string, payload: unknown) =>
    handler({ id: "job-1", row: { job_type, payload, user_id: "user-1" } }, context);
  return { database, requests, run };
}

const permanently = (message: string) => new PermanentError(message);

describe("an image", () => {
  it("is ordered from the application, by a request that names the job and the attempt", async () => {
    const { requests, run } = setup();
    await run("generate-image", { prompt: "a fox" });
    const [request] = requests as [Request];
    expect(`${request.method} ${request.url}`).toBe("POST https://app.example.com/api/process-image");
    expect(request.headers.get("idempotency-key")).toBe("job-1");
    expect(request.headers.get("x-job-attempt")).toBe("2");
    expect(await request.json()).toEqual({
      jobId: "job-1",
      jobType: "generate-image",
      userId: "user-1",
      payload: { prompt: "a fox" },
    });
  });

  it("is ordered by a request that the application can check, good for this job and a minute", async () => {
    const { requests, run } = setup();
    await run("generate-image", {});
    const token = requests[0]?.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    const options = { issuer: "jobstack", audience: "process-image" };
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), options);
    expect(payload.sub).toBe("job-1");
    expect((payload.exp ?? 0) - Date.now() / 1_000).toBeLessThanOrEqual(60);
  });

  it.each([
    [503, { error: "overloaded" }, new Error("the application answered 503: overloaded")],
    [500, "<html>oops", new Error("the application answered 500: <html>oops")],
    [404, "", new Error("the application answered 404")],
    [200, { success: false, message: "no quota" }, new Error("the application answered 200: no quota")],
    [422, { error: "no foxes" }, permanently("the application answered 422: no foxes")],
    [400, { error: { code: 7 } }, permanently('the application answered 400: {"error":{"code":7}}')],
  ])("fails with the application's reason when that answers %s %j", async (status, body, error) => {
    const failure = await setup(answerOf(status, body))
      .run("generate-image", {})
      .catch((thrown) => thrown);
    expect(failure).toEqual(error);
    expect(failure instanceof PermanentError).toBe(error instanceof PermanentError);
  });

  it("fails with a reason when there is no application, without what looks like a credential", async () => {
    const unreachable = setup(() => Promise.reject(new TypeError("connect to https://a:b@app failed")));
    await expect(unreachable.run("generate-image", {})).rejects.toThrow(
      "the application cannot be reached: TypeError: connect to https://a:[redacted]@app failed",
    );
  });
});

it("fails when the application does not answer in time", async () => {
  const silent = (signal: AbortSignal) =>
    new Promise<Response>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  await expect(setup(silent).run("generate-image", {})).rejects.toThrow(
    "the application did not answer within 50 ms",
  );
});

describe("a pack", () => {
  const payload = { projectId: "p", images: [{ prompt: "a fox", style: "ink" }] };

  it("is fanned out by the database, for the lease that is held", async () => {
    const { database, requests, run } = setup();
    await run("generate-complete-pack", payload);
    expect(database.statements).toEqual([
      { text: 'select "packs".fan_out($1::text::uuid, $2::text::bigint)', parameters: ["job-1", "77"] },
    ]);
    expect(requests).toEqual([]);
  });

  it.each([
    [{ projectId: "p", images: [] }, "invalid payload: images: must be at least one"],
    [
      { images: [{ prompt: " " }] },
      "invalid payload: projectId: Invalid input: expected string, received undefined; " +
        "images.0.prompt: must be a non-empty string",
    ],
    [null, "invalid payload: payload: Invalid input: expected object, received null"],
  ])("fails for good when its payload is %j", async (wrong, message) => {
    await expect(setup().run("generate-complete-pack", wrong)).rejects.toEqual(permanently(message));
  });
});

it("refuses a job of another type, and names those that there are", async () => {
  await expect(setup().run("generate-video", {})).rejects.toEqual(
    permanently('job type "generate-video" is unknown; use "generate-image" or "generate-complete-pack"'),
  );
});
