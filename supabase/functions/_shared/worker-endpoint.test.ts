import { describe, expect, it } from "vitest";
import type { Nudge } from "./worker.ts";
import { createWorkerEndpoint } from "./worker-endpoint.ts";

function setup(...nudges: Nudge[]) {
  const kept: Promise<unknown>[] = [];
  let woken = 0;
  const handle = createWorkerEndpoint({
    queue: "story",
    secret: { current: "a-secret" },
    waitUntil: (work) => kept.push(work),
    nudge: () => {
      woken += 1;
      return nudges.shift() ?? { state: "already running" };
    },
  });
  const call = (method: string, authorization?: string) =>
    handle(
      new Request("http://localhost/job-worker", {
        method,
        headers: authorization === undefined ? {} : { authorization },
      }),
    );
  return { call, kept, woken: () => woken };
}

describe("a worker's endpoint", () => {
  it("answers 202 without waiting for the work, and keeps the isolate alive for it", async () => {
    const finished = new Promise<void>(() => {});
    const { call, kept } = setup({ state: "started", finished });
    const response = await call("POST", "Bearer a-secret");
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ accepted: true, queue: "story", worker: "started" });
    expect(kept).toEqual([finished]);
  });

  it("hurries a worker that runs already", async () => {
    const { call, kept, woken } = setup();
    const response = await call("POST", "Bearer a-secret");
    expect(await response.json()).toEqual({ accepted: true, queue: "story", worker: "already running" });
    expect([kept.length, woken()]).toEqual([0, 1]);
  });

  it.each([undefined, "Bearer wrong"])("wakes nobody for a caller with %j", async (authorization) => {
    const { call, woken } = setup();
    const response = await call("POST", authorization);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: "unauthorized" });
    expect(woken()).toBe(0);
  });

  it("takes POST only", async () => {
    const response = await setup().call("GET", "Bearer a-secret");
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});
