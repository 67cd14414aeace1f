import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { denoCommand, preloadModule } from "./functions/deno.ts";
import { readWorkerOutput } from "./functions/worker-output.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "jobstack-preload-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Runs code as the gateway would; resolves once it listens. */
async function run(code: string) {
  const file = path.join(directory, "index.ts");
  await writeFile(file, code);
  const [command = "", ...words] = denoCommand();
  const args = [
    ...words,
    "run",
    "--no-config",
    "--no-lock",
    `--preload=${preloadModule}`,
    "--allow-net",
    "--allow-env",
  ];
  const child = spawn(command, [...args, file], {
    env: { DENO_DIR: directory, DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0", NO_COLOR: "1" },
    stdio: "pipe",
  });
  const lines: string[] = [];
  const exit = once(child, "exit");
  const port = await new Promise<number>((resolve) => {
    readWorkerOutput(child.stdout, child.stderr, {
      line: (_level, text) => lines.push(text),
      message: (message) => message.port && resolve(message.port),
    });
  });
  return { child, lines, exit, url: `http://127.0.0.1:${port}` };
}

/** Begins work on POST that ends some time after the process was told to end. */
const backgroundWork = `
  let finishWork = () => {};
  addEventListener("beforeunload", (event) => {
    console.log("unload:", event.detail.reason);
    setTimeout(finishWork, 50);
  });
  const work = () => new Promise((resolve) => (finishWork = resolve)).then(() => console.log("done"));
  Deno.serve((request) => {
    if (request.method === "POST") EdgeRuntime.waitUntil(work());
    return new Response("ok");
  });`;

it("ends when the gateway is gone, which closes its stdin", async () => {
  const { child, exit } = await run("Deno.serve(() => new Response());");
  child.stdin.end();
  expect(await exit).toEqual([1, null]);
});

it("ends at once on SIGTERM when nothing is left to do", async () => {
  const { child, exit, lines } = await run(backgroundWork);
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
  expect(lines).toEqual(["unload: termination"]);
});

it("finishes background work before it ends on SIGTERM", async () => {
  const { child, exit, lines, url } = await run(backgroundWork);
  await (await fetch(url, { method: "POST" })).text();
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
  expect(lines).toEqual(["unload: termination", "done"]);
});

it("tells a function that ends for lack of requests so", async () => {
  const { child, exit, lines } = await run(backgroundWork);
  child.stdin.write("finish\n");
  expect(await exit).toEqual([0, null]);
  expect(lines).toEqual(["unload: early_drop"]);
});

it.each([
  ["a handler", "Deno.serve(() => new Response('ok'));"],
  ["options and a handler", "Deno.serve({ port: 1 }, () => new Response('ok'));"],
  ["options with a handler", "Deno.serve({ hostname: '0.0.0.0', handler: () => new Response('ok') });"],
  ["a listener of its own", "Deno.serve({ onListen: () => console.log('mine') }, () => new Response('ok'));"],
  ["a default export", "export default { fetch: () => new Response('ok') };"],
])("serves on the given address with %s", async (_case, code) => {
  const { child, exit, url } = await run(code);
  expect(await (await fetch(url)).text()).toBe("ok");
  child.kill("SIGTERM");
  await exit;
});
