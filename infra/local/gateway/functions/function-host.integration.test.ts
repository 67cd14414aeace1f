import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Gate, startGate } from "../testing/gate.ts";
import { startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;
let gate: Gate;

beforeAll(async () => {
  gate = await startGate();
  gateway = await startTestGateway({ requestTimeoutMs: 3_000, shutdownMs: 500 });
});

afterAll(async () => {
  await gateway.close();
  await gate.close();
});

async function deployed(slug: string, code: string, to = gateway): Promise<void> {
  const response = await to.deploy(slug, code);
  expect(response.status, await response.clone().text()).toBe(201);
}

async function textOf(path: string, to = gateway): Promise<string> {
  return (await to.call(path)).text();
}

async function messagesOf(slug: string): Promise<string[]> {
  return (await gateway.logs()).filter((line) => line.function === slug).map((line) => line.message);
}

const waitAt = (name: string) => `await (await fetch("${gate.url}/${name}")).text();`;

describe("a redeploy", () => {
  it("lets a request in flight finish on the old code while new requests get the new code", async () => {
    await deployed("slow", `Deno.serve(async () => { ${waitAt("slow")} return new Response("old"); });`);
    const inFlight = textOf("slow");
    await gate.reached("slow");
    await deployed("slow", "Deno.serve(() => new Response('new'));");
    expect(await textOf("slow")).toBe("new");
    gate.open("slow");
    expect(await inFlight).toBe("old");
  });

  it("lets a stream in flight finish on the old code", async () => {
    await deployed(
      "stream",
      `Deno.serve(() => new Response(new ReadableStream({
        async start(controller) {
          const send = (text) => controller.enqueue(new TextEncoder().encode(text));
          send("begun ");
          ${waitAt("stream")}
          send("done");
          controller.close();
        },
      })));`,
    );
    const response = await gateway.call("stream");
    await gate.reached("stream");
    await deployed("stream", "Deno.serve(() => new Response('new'));");
    expect(await textOf("stream")).toBe("new");
    gate.open("stream");
    expect(await response.text()).toBe("begun done");
  });

  it("lets work handed to waitUntil finish, and tells the old process why it ends", async () => {
    await deployed(
      "background",
      `addEventListener("beforeunload", (event) => console.log("unload:", event.detail.reason));
       Deno.serve(() => {
         EdgeRuntime.waitUntil((async () => { ${waitAt("background")} console.log("work is done"); })());
         return new Response(null, { status: 202 });
       });`,
    );
    expect((await gateway.call("background", { method: "POST" })).status).toBe(202);
    await gate.reached("background");
    await deployed("background", "Deno.serve(() => new Response('new'));");
    expect(await textOf("background")).toBe("new");
    await vi.waitFor(async () => expect(await messagesOf("background")).toEqual(["unload: termination"]));
    gate.open("background");
    await vi.waitFor(async () =>
      expect(await messagesOf("background")).toEqual(["unload: termination", "work is done"]),
    );
  });

  it("answers every request of a busy function, all along", async () => {
    const version = (n: number) => `Deno.serve(() => new Response("${n}"));`;
    await deployed("busy", version(0));
    let deploying = true;
    const statuses = new Map<number, number>();
    const callers = Array.from({ length: 4 }, async () => {
      while (deploying) {
        const response = await gateway.call("busy", { method: "POST", body: "x" });
        await response.text();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      }
    });
    for (const n of [1, 2, 3, 4]) await deployed("busy", version(n));
    deploying = false;
    await Promise.all(callers);
    expect([...statuses.keys()]).toEqual([200]);
    expect(await textOf("busy")).toBe("4");
  });
});

describe("waitUntil", () => {
  it("goes on after a 202 was sent", async () => {
    await deployed(
      "later",
      `Deno.serve(() => {
         EdgeRuntime.waitUntil((async () => { ${waitAt("later")} console.log("later is done"); })());
         return new Response(null, { status: 202 });
       });`,
    );
    expect((await gateway.call("later", { method: "POST" })).status).toBe(202);
    await gate.reached("later");
    gate.open("later");
    await vi.waitFor(async () => expect(await messagesOf("later")).toEqual(["later is done"]));
  });

  it("survives work that fails, unhandled rejections and errors in timers", async () => {
    await deployed(
      "sturdy",
      `const id = crypto.randomUUID();
       Deno.serve(() => {
         EdgeRuntime.waitUntil(Promise.reject(new Error("in the background")));
         Promise.reject(new Error("unhandled"));
         setTimeout(() => { throw new Error("in a timer"); });
         return new Response(id);
       });`,
    );
    const id = await textOf("sturdy");
    await vi.waitFor(async () => {
      const log = (await messagesOf("sturdy")).join("\n");
      for (const failure of ["in the background", "unhandled", "in a timer"]) expect(log).toContain(failure);
    });
    expect(await textOf("sturdy")).toBe(id);
  });
});

describe("a function that fails", () => {
  it("gets 502 for the request that ends its process, and the next request works", async () => {
    await deployed(
      "crash",
      `Deno.serve(async (request) => {
         if (request.method === "POST") Deno.exit(7);
         return new Response("alive");
       });`,
    );
    const crashed = await gateway.call("crash", { method: "POST", body: "now" });
    expect(crashed.status).toBe(502);
    expect(crashed.headers.get("sb-error-code")).toBe("WORKER_ERROR");
    expect(await crashed.json()).toEqual({
      code: "WORKER_ERROR",
      message: "Function exited due to an error (please check logs)",
    });
    expect(await textOf("crash")).toBe("alive");
    expect(await messagesOf("crash")).toContain("process ended without being asked to: code 7");
  });

  it("is started again for a GET that comes right after its process was killed", async () => {
    await deployed("killed", "Deno.serve((request) => new Response(String(Deno.pid)));");
    const pid = Number(await textOf("killed"));
    process.kill(pid, "SIGKILL");
    const response = await gateway.call("killed");
    expect(response.status).toBe(200);
    expect(Number(await response.text())).not.toBe(pid);
  });

  it("gets 500 from Deno for an exception in its handler, and lives on", async () => {
    await deployed("throws", "Deno.serve(() => { throw new Error('oops'); });");
    expect((await gateway.call("throws")).status).toBe(500);
    expect((await gateway.call("throws")).status).toBe(500);
    expect(await messagesOf("throws")).not.toContainEqual(expect.stringContaining("process ended"));
  });

  it("gets 503 BOOT_ERROR when it does not start, and has to wait after failing again and again", async () => {
    await deployed("broken", "throw new Error('no start');");
    const call = () => gateway.call("broken");
    const response = await call();
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      code: "BOOT_ERROR",
      message: "Function failed to start (please check logs)",
    });
    await vi.waitFor(async () => expect((await call()).headers.get("retry-after")).toMatch(/^\d+$/));
    expect((await messagesOf("broken")).join("\n")).toContain("no start");
  });

  it("starts at once after a redeploy that repairs it", async () => {
    await deployed("repaired", "throw new Error('no start');");
    await vi.waitFor(async () =>
      expect((await gateway.call("repaired")).headers.get("retry-after")).not.toBeNull(),
    );
    await deployed("repaired", "Deno.serve(() => new Response('fine'));");
    expect(await textOf("repaired")).toBe("fine");
  });

  it("gets 504 when it loops for ever, and the next request works", async () => {
    await deployed(
      "loop",
      "Deno.serve((request) => { while (request.method === 'POST'); return new Response('free'); });",
    );
    const stuck = await gateway.call("loop", { method: "POST" });
    expect(stuck.status).toBe(504);
    expect(await stuck.json()).toEqual({
      code: "IDLE_TIMEOUT",
      message: "Function did not respond within 3 s",
    });
    expect(await textOf("loop")).toBe("free");
  });

  it("gets 504 when it never answers, while its other requests go on", async () => {
    await deployed(
      "hang",
      `Deno.serve(async (request) => {
         if (request.url.endsWith("/never")) await new Promise(() => {});
         return new Response(new ReadableStream({
           async start(controller) { ${waitAt("hang")} controller.close(); },
         }));
       });`,
    );
    const patient = await gateway.call("hang");
    await gate.reached("hang");
    expect((await gateway.call("hang/never")).status).toBe(504);
    gate.open("hang");
    expect(await patient.text()).toBe("");
  });
});

describe("the wall clock", () => {
  it("replaces the process of a busy function without failing a request, and ends its background work", async () => {
    const brief = await startTestGateway({ wallClockMs: 2_000 });
    try {
      await deployed(
        "aging",
        `const id = crypto.randomUUID();
         const ended = new Promise((resolve) => addEventListener("beforeunload", (event) => resolve(event.detail.reason)));
         let working = false;
         Deno.serve(() => {
           if (!working) EdgeRuntime.waitUntil(ended.then((reason) => console.log("ended by", reason)));
           working = true;
           return new Response(id);
         });`,
        brief,
      );
      const seen = new Set<string>();
      await vi.waitFor(
        async () => {
          const response = await brief.call("aging");
          expect(response.status).toBe(200);
          seen.add(await response.text());
          if (seen.size < 3) throw new Error("still on the first processes");
        },
        { timeout: 20_000, interval: 5 },
      );
      await vi.waitFor(async () => {
        expect((await brief.logs()).map((line) => line.message)).toContain("ended by wall_clock");
      });
    } finally {
      await brief.close();
    }
  });
});
