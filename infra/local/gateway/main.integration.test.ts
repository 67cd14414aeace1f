import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { deployBody } from "./testing/deploy-body.ts";
import { type Gate, startGate } from "./testing/gate.ts";
import { accessToken, jwtSecret, projectRef } from "./testing/test-gateway.ts";

let directory: string;
let port: number;
let gate: Gate;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "jobstack-gateway-main-"));
  port = await freePort();
  gate = await startGate();
});

afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await gate.close();
  // Functions end on their own soon after a killed gateway, and until then may write there.
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

/** Starts the gateway's process; `exit` resolves to its code or signal and what it printed. */
function start(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", path.join(import.meta.dirname, "main.ts")], {
    env: {
      ...process.env,
      JOBSTACK_API_PORT: String(port),
      JOBSTACK_PLATFORM_DIR: path.join(directory, "state"),
      JOBSTACK_LOG_DIR: path.join(directory, "logs"),
      DATABASE_URL: "postgresql://postgres:postgres@127.0.0.1:1/postgres",
      JOBSTACK_JWT_SECRET: jwtSecret,
      JOBSTACK_PROJECT_REF: projectRef,
      JOBSTACK_ACCESS_TOKEN: accessToken,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const lines: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    child.once("close", () => reject(new Error(`the gateway ended before it was ready: ${stderr}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (line === "ready") resolve();
    });
  });
  // Some tests never wait for it.
  ready.catch(() => {});
  const exit = new Promise<{ how: number | string | null; stderr: string; lines: string[] }>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve({ how: code ?? signal, stderr, lines });
    });
  });
  return { child, ready, exit };
}

const call = (route: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${route}`, init);

function deploy(slug: string, code: string, signal?: AbortSignal): Promise<Response> {
  const entrypoint_path = `supabase/functions/${slug}/index.ts`;
  const form = deployBody({ [entrypoint_path]: code }, { entrypoint_path, verify_jwt: false });
  return call(`/v1/projects/${projectRef}/functions/deploy?slug=${slug}`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": form.contentType },
    body: form.body,
    ...(signal && { signal }),
  });
}

/** Processes whose command line mentions this test's folder, which those of its functions do. */
async function functionProcesses(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return commands.filter((command) => command.includes(path.join(directory, "state")));
}

describe("the gateway's process", () => {
  it("prints ready once, serves /healthz, and exits with 0 on SIGTERM", async () => {
    const { child, ready, exit } = start();
    await ready;
    expect((await call("/healthz")).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exit).toEqual({ how: 0, stderr: "", lines: ["ready"] });
  });

  it("says which port is in use and which variable changes it", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const { how, stderr } = await start().exit;
    await new Promise((resolve) => other.close(resolve));
    expect(how).toBe(1);
    expect(stderr).toBe(
      `api port "${port}": is in use on 127.0.0.1; stop what listens there, or set JOBSTACK_API_PORT to a free port\n`,
    );
  });

  it("exits with every problem of its environment", async () => {
    const { how, stderr } = await start({ JOBSTACK_API_PORT: "x", JOBSTACK_PROJECT_REF: "x" }).exit;
    expect(how).toBe(1);
    expect(stderr).toBe(
      "JOBSTACK_API_PORT: must be a port number\nJOBSTACK_PROJECT_REF: must be 20 lower-case letters\n",
    );
  });

  it("has its functions again after a restart", async () => {
    const first = start();
    await first.ready;
    expect((await deploy("kept", "Deno.serve(() => new Response('kept'));")).status).toBe(201);
    first.child.kill("SIGTERM");
    await first.exit;
    await start().ready;
    expect(await (await call("/functions/v1/kept")).text()).toBe("kept");
  });
});

/** Code that waits until the test opens that name. */
const wait = (name: string) => `await (await fetch("${gate.url}/${name}")).text();`;

describe("a gateway that is told to end", () => {
  it("finishes a request in flight and background work, and leaves no function behind", async () => {
    const { child, ready, exit } = start();
    await ready;
    await deploy(
      "last",
      `Deno.serve(async () => {
         EdgeRuntime.waitUntil((async () => { ${wait("work")} console.log("work is done"); })());
         ${wait("request")}
         return new Response("finished");
       });`,
    );
    const answer = call("/functions/v1/last").then((response) => response.text());
    await Promise.all([gate.reached("work"), gate.reached("request")]);
    child.kill("SIGTERM");
    gate.open("request");
    expect(await answer).toBe("finished");
    gate.open("work");
    expect((await exit).how).toBe(0);
    expect(await readFile(path.join(directory, "logs", "functions.log"), "utf8")).toContain("work is done");
    expect(await functionProcesses()).toEqual([]);
  });

  it("kills a function that does not end", async () => {
    const { child, ready, exit } = start();
    await ready;
    await deploy("endless", `Deno.serve(async () => { ${wait("endless")} for (;;); });`);
    const answer = call("/functions/v1/endless").then((response) => response.status);
    await gate.reached("endless");
    child.kill("SIGTERM");
    gate.open("endless");
    expect((await exit).how).toBe(0);
    expect(await answer).toBe(503);
    expect(await functionProcesses()).toEqual([]);
  });
});

describe("a gateway that is killed", () => {
  it("takes its functions along, even one in an endless loop", async () => {
    const { child, ready, exit } = start();
    await ready;
    await deploy("idle", "Deno.serve(() => new Response());");
    await deploy(
      "loop",
      "Deno.serve((request) => { while (request.method === 'POST'); return new Response(); });",
    );
    await call("/functions/v1/idle");
    call("/functions/v1/loop", { method: "POST" }).catch(() => undefined);
    await vi.waitFor(async () => {
      await expect(call("/functions/v1/loop", { signal: AbortSignal.timeout(500) })).rejects.toThrow();
    });
    expect(await functionProcesses()).toHaveLength(2);
    child.kill("SIGKILL");
    await exit;
    await vi.waitFor(async () => expect(await functionProcesses()).toEqual([]), { timeout: 5_000 });
  });

  it("keeps the previous version when it was killed in the middle of a deploy", async () => {
    const first = start({ NPM_CONFIG_REGISTRY: gate.url });
    await first.ready;
    await deploy("half", "Deno.serve(() => new Response('whole'));");
    // A registry that never answers holds the deploy after its files were written.
    const held = deploy("half", "import 'npm:held@1'; Deno.serve(() => new Response('half'));");
    held.catch(() => undefined);
    await gate.reached("held");
    const folder = path.join(directory, "state", "functions", "half");
    expect(await readdir(folder)).toHaveLength(2);
    first.child.kill("SIGKILL");
    await first.exit;
    await start().ready;
    expect(await (await call("/functions/v1/half")).text()).toBe("whole");
    expect(await readdir(folder)).toHaveLength(1);
  });
});
