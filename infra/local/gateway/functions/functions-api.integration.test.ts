import { createSecretKey } from "node:crypto";
import { request as httpRequest } from "node:http";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Gate, startGate } from "../testing/gate.ts";
import { jwtSecret, startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;
let gate: Gate;

beforeAll(async () => {
  gate = await startGate();
  gateway = await startTestGateway();
});

afterAll(async () => {
  await gateway.close();
  await gate.close();
});

async function deployed(slug: string, code: string, metadata?: Record<string, unknown>): Promise<void> {
  const response = await gateway.deploy(slug, code, metadata);
  expect(response.status, await response.clone().text()).toBe(201);
}

describe("a call of a function", () => {
  it("reaches it with method, path from the slug on, query, headers and body, and brings its answer back", async () => {
    await deployed(
      "echo",
      `Deno.serve(async (request) => {
        const url = new URL(request.url);
        const answer = {
          method: request.method,
          path: url.pathname + url.search,
          host: url.host,
          header: request.headers.get("x-mine"),
          forwarded: request.headers.get("x-forwarded-host"),
          body: await request.text(),
        };
        const headers = new Headers({ "x-theirs": "2" });
        headers.append("set-cookie", "a=1");
        headers.append("set-cookie", "b=2");
        return Response.json(answer, { status: 207, headers });
      });`,
    );
    const response = await gateway.call("echo/jobs/7%20x?all=1&b=%2F", {
      method: "PATCH",
      headers: { "x-mine": "1", "content-type": "application/json" },
      body: '{"not": "parsed"',
    });
    const host = new URL(gateway.url).host;
    expect(response.status).toBe(207);
    expect(response.headers.get("x-theirs")).toBe("2");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.json()).toEqual({
      method: "PATCH",
      path: "/echo/jobs/7%20x?all=1&b=%2F",
      host,
      header: "1",
      forwarded: host,
      body: '{"not": "parsed"',
    });
  });

  it.each([204, 304, 418, 500])("passes status %i on as it is", async (status) => {
    await deployed(
      "status",
      "Deno.serve((r) => new Response(null, { status: +new URL(r.url).searchParams.get('s') }));",
    );
    const response = await gateway.call(`status?s=${status}`);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe("");
    expect(response.headers.get("sb-error-code")).toBeNull();
  });

  it("answers HEAD with the headers alone", async () => {
    await deployed("head", "Deno.serve(() => new Response('four', { headers: { 'x-theirs': '1' } }));");
    const response = await gateway.call("head", { method: "HEAD" });
    expect([response.status, response.headers.get("x-theirs"), await response.text()]).toEqual([
      200,
      "1",
      "",
    ]);
  });

  it("carries large bodies of any type in both directions", async () => {
    await deployed("mirror", "Deno.serve((request) => new Response(request.body));");
    const body = Buffer.alloc(5 * 1024 * 1024, "jobstack");
    const response = await gateway.call("mirror", { method: "POST", body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  it("streams the response: the first part arrives before the second exists", async () => {
    await deployed(
      "drip",
      `Deno.serve(() => new Response(new ReadableStream({
        async start(controller) {
          controller.enqueue(new TextEncoder().encode("one "));
          await (await fetch("${gate.url}/drip")).text();
          controller.enqueue(new TextEncoder().encode("two"));
          controller.close();
        },
      })));`,
    );
    const response = await gateway.call("drip");
    const reader = (response.body ?? new ReadableStream()).getReader();
    expect(String(Buffer.from((await reader.read()).value ?? []))).toBe("one ");
    await gate.reached("drip");
    gate.open("drip");
    expect(String(Buffer.from((await reader.read()).value ?? []))).toBe("two");
  });

  it("streams the request: the function reads the first part before the second is sent", async () => {
    await deployed(
      "sip",
      `Deno.serve(async (request) => {
        const reader = request.body.getReader();
        const first = new TextDecoder().decode((await reader.read()).value);
        fetch("${gate.url}/sip-" + first);
        const second = new TextDecoder().decode((await reader.read()).value);
        return new Response(first + second);
      });`,
    );
    const request = httpRequest(`${gateway.url}/functions/v1/sip`, { method: "POST" });
    const answer = new Promise<string>((resolve) => {
      request.on("response", (response) => response.on("data", (chunk) => resolve(String(chunk))));
    });
    request.write("one");
    await gate.reached("sip-one");
    request.end("two");
    expect(await answer).toBe("onetwo");
  });

  it("gets 404 in Supabase's words when no such function is deployed", async () => {
    for (const slug of ["nosuch", "constructor", "__proto__"]) {
      const response = await gateway.call(slug);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        code: "NOT_FOUND",
        message: "Requested function was not found",
      });
    }
  });
});

describe("verify_jwt", () => {
  const sign = (claims: Record<string, unknown>) =>
    new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(createSecretKey(jwtSecret, "utf8"));
  const guarded = (authorization?: string, method = "POST") =>
    gateway.call("guarded", { method, ...(authorization && { headers: { authorization } }) });

  beforeAll(() => deployed("guarded", "Deno.serve(() => new Response('in'));", { verify_jwt: undefined }));

  it("is on by default and refuses a call without a token", async () => {
    const response = await guarded();
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ code: 401, message: "Missing authorization header" });
  });

  it("refuses a bad token and says when it only expired", async () => {
    const bad = await guarded("Bearer not.a.jwt");
    expect([bad.status, await bad.json()]).toEqual([401, { code: 401, message: "Invalid JWT" }]);
    const expired = await guarded(`Bearer ${await sign({ exp: 1 })}`);
    expect([expired.status, await expired.json()]).toEqual([
      401,
      { code: 401, message: "Invalid JWT: it has expired" },
    ]);
  });

  it("lets a good token, the project's anon key and a browser's preflight in", async () => {
    const keys = (await (await gateway.api("/api-keys")).json()) as { name: string; api_key: string }[];
    const anon = keys.find((key) => key.name === "anon")?.api_key;
    expect((await guarded(`Bearer ${await sign({ aud: "story" })}`)).status).toBe(200);
    expect((await guarded(`Bearer ${anon}`)).status).toBe(200);
    expect((await guarded(undefined, "OPTIONS")).status).toBe(200);
  });

  it("can be switched off for a function that is deployed", async () => {
    await deployed("opened", "Deno.serve(() => new Response('in'));", { verify_jwt: true });
    expect((await gateway.call("opened")).status).toBe(401);
    await gateway.api("/functions/opened", { method: "PATCH", body: { verify_jwt: false } });
    expect((await gateway.call("opened")).status).toBe(200);
  });
});

describe("what a function can see", () => {
  it("is Supabase's environment and its own files, and nothing of the platform's", async () => {
    vi.stubEnv("PLATFORM_ONLY", "secret of the platform");
    await deployed(
      "look",
      `Deno.serve(async () => {
        const own = await Deno.readTextFile(new URL("./index.ts", import.meta.url));
        const other = await Deno.readTextFile("/etc/passwd").catch((error) => error.name);
        return Response.json({ env: Deno.env.toObject(), own: own.length > 0, other });
      });`,
    );
    const seen = await (await gateway.call("look")).json();
    vi.unstubAllEnvs();
    expect(seen).toMatchObject({
      env: {
        SUPABASE_URL: gateway.url,
        SUPABASE_ANON_KEY: expect.stringMatching(/^eyJ/),
        SUPABASE_SERVICE_ROLE_KEY: expect.stringMatching(/^eyJ/),
        SUPABASE_DB_URL: "postgresql://postgres:postgres@127.0.0.1:1/postgres",
      },
      own: true,
      other: "NotCapable",
    });
    expect(seen).not.toHaveProperty("env.PLATFORM_ONLY");
  });

  it("includes a secret from the first request after it was set, changed or deleted", async () => {
    await deployed("secret", "Deno.serve(() => new Response(Deno.env.get('MY_SECRET') ?? 'none'));");
    const seen = async () => (await gateway.call("secret")).text();
    const set = (value: string) =>
      gateway.api("/secrets", { method: "POST", body: [{ name: "MY_SECRET", value }] });
    expect(await seen()).toBe("none");
    await set("first");
    expect(await seen()).toBe("first");
    await set("second");
    expect(await seen()).toBe("second");
    await gateway.api("/secrets", { method: "DELETE", body: ["MY_SECRET"] });
    expect(await seen()).toBe("none");
  });
});

describe("where a function can connect to", () => {
  const code =
    "Deno.serve(async () => new Response(await fetch('http://nowhere.invalid').catch((e) => e.name)));";

  it("is this machine only", async () => {
    await deployed("inside", code);
    expect(await (await gateway.call("inside")).text()).toBe("NotCapable");
  });

  it("includes hosts that the platform was told to allow", async () => {
    const open = await startTestGateway({ allowNet: "nowhere.invalid" });
    try {
      await open.deploy("outside", code);
      expect(await (await open.call("outside")).text()).toBe("TypeError");
    } finally {
      await open.close();
    }
  });
});

describe("functions.log", () => {
  it("has what the function prints as JSON lines, without the secrets", async () => {
    const value = 'canary-5f2b/"quoted"';
    await gateway.api("/secrets", { method: "POST", body: [{ name: "CANARY", value }] });
    await deployed(
      "talk",
      `Deno.serve(() => {
        const key = Deno.env.get("CANARY");
        console.log("out", key, JSON.stringify({ key }), encodeURIComponent(key));
        console.error("err", Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"));
        return new Response();
      });`,
    );
    await gateway.call("talk");
    await vi.waitFor(async () => {
      const lines = (await gateway.logs()).filter((line) => line.function === "talk");
      expect(lines).toEqual([
        expect.objectContaining({ level: "info", message: 'out [redacted] {"key":"[redacted]"} [redacted]' }),
        expect.objectContaining({ level: "error", message: "err [redacted]" }),
      ]);
    });
  });
});

describe("imports", () => {
  it("work as Supabase's documentation writes them, from the npm registry alone", async () => {
    await deployed(
      "documented",
      `import "jsr:@supabase/functions-js/edge-runtime.d.ts";
       import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
       import { decodeJwt } from "npm:jose@6";
       serve(() => new Response(typeof decodeJwt));`,
    );
    expect(await (await gateway.call("documented")).text()).toBe("function");
  });

  it("bring the files of an npm package, such as its WebAssembly", async () => {
    await deployed(
      "package-file",
      `import "npm:jose@6";
       const file = new URL("../../package.json", import.meta.resolve("npm:jose@6"));
       Deno.serve(async () => new Response(JSON.parse(await Deno.readTextFile(file)).name));`,
    );
    expect(await (await gateway.call("package-file")).text()).toBe("jose");
  });

  it("are served from a default export with a fetch method", async () => {
    await deployed("exported", "export default { word: 'hi', fetch() { return new Response(this.word); } };");
    expect(await (await gateway.call("exported")).text()).toBe("hi");
  });
});
