import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { version } from "@pulumi/pulumi/version.js";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { findPulumi } from "../toolchain/find-pulumi.ts";
import { projectRoot } from "../workspace.ts";

const dir = mkdtempSync(path.join(tmpdir(), "jobstack-cli-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** As a user does who has a CLI on PATH, and nothing of Pulumi's set up but `env`. */
async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const {
    PULUMI_ACCESS_TOKEN: _,
    PULUMI_BACKEND_URL: __,
    PULUMI_CONFIG_PASSPHRASE: ___,
    FORCE_COLOR: ____,
    ...rest
  } = process.env;
  const home = process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
  const cli = await findPulumi({ sdkVersion: version, home, env: process.env });
  const PATH = [path.dirname(cli?.command ?? ""), process.env.PATH].join(path.delimiter);
  const { exitCode, stderr } = await execa(
    process.execPath,
    ["tools/run.mjs", `infra/local/cli/${command}.ts`, ...args],
    {
      cwd: projectRoot,
      env: { ...rest, PATH, PULUMI_HOME: path.join(dir, "home"), JOBSTACK_DIR: dir, NO_COLOR: "1", ...env },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    },
  );
  return { exitCode, said: stderr.trim() };
}

describe.each(["preview", "deploy", "destroy"])("npm run %s", { timeout: 120_000 }, (command) => {
  it("names the stacks there are when it is given another", async () => {
    expect(await run(command, ["--stack", "stagging"])).toEqual({
      exitCode: 1,
      said: expect.stringMatching(
        /^error: stack "stagging": there is no Pulumi.stagging.yaml; name one of .*staging.*, or write that file first$/,
      ),
    });
  });

  it("says how to log in", async () => {
    expect(await run(command, ["--stack", "staging"])).toEqual({
      exitCode: 1,
      said: 'error: stack "staging": not logged in to a Pulumi backend; run "npm run pulumi -- login", or set PULUMI_ACCESS_TOKEN',
    });
  });

  it("says how to make a stack that the backend does not have", async () => {
    const url = `file://${dir}`;
    expect(await run(command, ["--stack", "staging"], { PULUMI_BACKEND_URL: url })).toEqual({
      exitCode: 1,
      said:
        `error: stack "staging": does not exist in the backend ${url}, which PULUMI_BACKEND_URL names; ` +
        'make it with "npm run pulumi -- stack init staging"',
    });
  });
});

describe("npm run pulumi", () => {
  it("is the CLI itself, with its exit code", { timeout: 120_000 }, async () => {
    expect((await run("pulumi", ["version"])).exitCode).toBe(0);
    expect((await run("pulumi", ["no-such-command"])).exitCode).not.toBe(0);
  });
});
