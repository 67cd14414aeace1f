import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { validate } from "dockerfile-utils";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../infra/package-root.ts";
import { freePort } from "../test/support/free-port.ts";

const text = readFileSync(path.join(import.meta.dirname, "Dockerfile"), "utf8");
/** The instructions of each stage, a line each. */
const stages = text
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, "")
  .split(/^FROM .*$/m)
  .slice(1)
  .map((stage) => stage.split("\n").filter((line) => line !== ""));
const [build = [], final = []] = stages;

function argumentsOf(instruction: string, lines: readonly string[]): string[] {
  return lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1));
}

describe("the Dockerfile", () => {
  it("has no mistake that a linter sees, pins what it starts from, and ends without root", () => {
    expect(validate(text)).toEqual([]);
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
      "node:22.17.0-bookworm-slim",
      "node:22.17.0-bookworm-slim",
    ]);
    expect(argumentsOf("USER", final)).toEqual(["1000"]);
  });
});

/** The steps of the Dockerfile, run outside of a container, in folders that hold no more than it copies. */
describe("what the Dockerfile builds", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "jobstack-image-"));
  const [sources, image] = [path.join(folder, "build"), path.join(folder, "image")];
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    // What the ignore file lets in. Installing all that a build needs takes long, and was done here already.
    const ignore = readFileSync(path.join(import.meta.dirname, "Dockerfile.dockerignore"), "utf8");
    for (const [, entry = ""] of ignore.matchAll(/^!(.+)$/gm)) {
      const from = path.join(packageRoot, entry);
      cpSync(from, path.join(sources, entry), {
        recursive: true,
        filter: (file) => !/\.test\.ts$|node_modules/.test(file),
      });
    }
    symlinkSync(path.join(packageRoot, "node_modules"), path.join(sources, "node_modules"));
    const [, compile = expect.fail("the build stage has no second step")] = argumentsOf("RUN", build);
    await execa(compile, { cwd: sources, shell: true });
    mkdirSync(image);
    for (const copied of argumentsOf("COPY", final)) {
      const [from, ...files] = copied.startsWith("--from=build")
        ? [sources, ...copied.split(" ").slice(1)]
        : [sources, ...copied.split(" ")];
      const target = files.pop() ?? "";
      for (const file of files) {
        const source = path.join(from, file.replace(/^\/app\//, ""));
        cpSync(source, path.join(image, target, target === "./" ? file : ""), { recursive: true });
      }
    }
    for (const step of argumentsOf("RUN", final)) {
      await execa(
        step
          .replace("npm ci", "npm ci --prefer-offline --no-audit --no-fund")
          .replace(/ && npm cache.*$/, ""),
        { cwd: image, shell: true },
      );
    }
  }, 240_000);

  it("starts, is healthy without a database, and ends when it is told to", async () => {
    writeFileSync(path.join(folder, "url"), "postgresql://jobstack_exporter:canary@127.0.0.1:1/postgres\n");
    const port = String(await freePort());
    const settings = { JOBSTACK_EXPORTER_PORT: port, DATABASE_URL_FILE: path.join(folder, "url") };
    const env = { PATH: process.env.PATH ?? "", JOBSTACK_EXPORTER_HOST: "127.0.0.1", ...settings };
    const run = (command: string) => {
      const [file = "", ...rest] = JSON.parse(command) as string[];
      return execa(file, rest, { cwd: image, env, extendEnv: false, reject: false, all: true });
    };
    const [entrypoint = ""] = argumentsOf("ENTRYPOINT", final);
    const [, check = ""] = /CMD (.*)$/.exec(argumentsOf("HEALTHCHECK", final)[0] ?? "") ?? [];
    const exporter = run(entrypoint);
    await expect.poll(async () => (await run(check)).exitCode, { timeout: 30_000 }).toBe(0);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toMatch(/^jobstack_exporter_database_up\{.*\} 0$/m);
    exporter.kill("SIGTERM");
    expect(await exporter).toMatchObject({ exitCode: 0, all: expect.not.stringContaining("canary") });
    expect((await run(check)).exitCode).toBe(1);
  });

  it("brings neither Pulumi nor what only tests and builds need", () => {
    expect(existsSync(path.join(image, "node_modules/fastify"))).toBe(true);
    for (const name of ["@pulumi", "deno", "vitest", "typescript", "esbuild"]) {
      expect(existsSync(path.join(image, "node_modules", name)), name).toBe(false);
    }
  });
});
