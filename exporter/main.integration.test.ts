import { createServer, type Server } from "node:net";
import { execa } from "execa";
import { afterEach, expect, it, vi } from "vitest";
import { freePort } from "../test/support/free-port.ts";

const entry = "exporter/main.ts";
/** Nothing listens on port 1. */
const nowhere = "postgresql://jobstack_exporter:hunter2@127.0.0.1:1/postgres";

let running: ReturnType<typeof start> | null = null;
let squatter: Server | null = null;

afterEach(async () => {
  running?.kill("SIGKILL");
  await running;
  await new Promise<void>((resolve) => (squatter ? squatter.close(() => resolve()) : resolve()));
  running = null;
  squatter = null;
});

function start(env: Record<string, string>) {
  const environment = { PATH: process.env.PATH ?? "", ...env };
  return execa("node", ["--import", "tsx", entry], { env: environment, extendEnv: false, reject: false });
}

it("serves while the database is down, says ready once, and ends in good order when asked", async () => {
  const port = await freePort();
  const child = start({ DATABASE_URL: nowhere, JOBSTACK_EXPORTER_PORT: String(port) });
  running = child;
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  await vi.waitFor(() => expect(printed).toBe("ready\n"), 20_000);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(await response.text()).toContain('jobstack_exporter_database_up{environment="local"} 0\n');
  child.kill("SIGTERM");
  const { exitCode, stdout, stderr } = await child;
  expect(exitCode).toBe(0);
  expect(stdout).toBe("ready");
  expect(stderr).toContain('"event":"database does not answer"');
  expect(stderr).not.toContain("hunter2");
});

it("names the variable to set when its port is taken", async () => {
  const port = await freePort();
  squatter = createServer().listen(port, "127.0.0.1");
  await new Promise((resolve) => squatter?.once("listening", resolve));
  const { exitCode, stderr } = await start({ DATABASE_URL: nowhere, JOBSTACK_EXPORTER_PORT: String(port) });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `exporter port "${port}": in use by another program on 127.0.0.1; stop it or set JOBSTACK_EXPORTER_PORT to a free port`,
  );
});

it("lists what is wrong with its environment, without a stack trace", async () => {
  const { exitCode, stderr } = await start({ JOBSTACK_EXPORTER_PORT: "x" });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    [
      "exporter: invalid settings",
      "  - JOBSTACK_EXPORTER_PORT: not a port; write a whole number from 1 to 65535",
      "  - database: missing; write exactly one of: --database-url, DATABASE_URL, --database-url-file, DATABASE_URL_FILE, --database-url-env, --config",
    ].join("\n"),
  );
});
