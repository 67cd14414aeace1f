import { describe, expect, it } from "vitest";
import { createCronTick, type Tick } from "./handler.ts";

function setup() {
  const ticks: Tick[] = [];
  const kept: Promise<unknown>[] = [];
  let end: () => void = () => {};
  const handle = createCronTick({
    audience: "cron-tick",
    secret: { current: "a-secret" },
    waitUntil: (work) => kept.push(work),
    work: (tick) => {
      ticks.push(tick);
      return new Promise((resolve) => {
        end = resolve;
      });
    },
  });
  const call = async (body: unknown, authorization = "Bearer a-secret") => {
    const request = new Request("http://localhost/cron-tick", {
      method: "POST",
      headers: { authorization },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const response = await handle(request);
    return { status: response.status, body: await response.json() };
  };
  const finish = async () => {
    end();
    await kept.at(-1);
  };
  return { call, ticks, kept, finish };
}

describe("cron-tick", () => {
  it("works in the way it is told to, behind the answer", async () => {
    const { call, ticks, kept } = setup();
    expect(await call({ iterations: 10, delay: 500 })).toEqual({
      status: 202,
      body: { accepted: true, iterations: 10, delay: 500, worker: "started" },
    });
    expect(ticks).toEqual([{ iterations: 10, delay: 500 }]);
    expect(kept).toHaveLength(1);
  });

  it("takes five jobs with a second between them when it is told nothing", async () => {
    const { call, ticks } = setup();
    await call({});
    expect(ticks).toEqual([{ iterations: 5, delay: 1_000 }]);
  });

  it("does nothing while the tick before still works, and works again after it", async () => {
    const { call, ticks, finish } = setup();
    await call({});
    expect((await call({})).body).toMatchObject({ worker: "already running" });
    await finish();
    expect((await call({})).body).toMatchObject({ worker: "started" });
    expect(ticks).toHaveLength(2);
  });

  it("says all that is wrong with a body and does nothing", async () => {
    const { call, ticks } = setup();
    const { status, body } = await call({ iterations: 101, delay: -1, times: 3 });
    expect(status).toBe(400);
    const { details } = body as { details: { path: string }[] };
    expect(details.map(({ path }) => path).sort()).toEqual(["", "delay", "iterations"]);
    expect(ticks).toEqual([]);
  });

  it("works for nobody without the secret", async () => {
    const { call, ticks } = setup();
    expect((await call({}, "Bearer wrong")).status).toBe(401);
    expect(ticks).toEqual([]);
  });
});
