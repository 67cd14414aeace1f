import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { version } from "@pulumi/pulumi/version.js";
import { execa } from "execa";
import { findPulumi } from "../../toolchain/find-pulumi.ts";
import { projectRoot } from "../../workspace.ts";
import { provideLanguageHost } from "../provide-language-host.ts";

/** What one command of the CLI said, and how it ended. */
export interface Said {
  exitCode: number | undefined;
  /** Standard output and standard error, in the order of printing. */
  text: string;
  stdout: string;
}

/** A project as a user of Jobstack has one, in a folder of its own, driven by what the user types: `pulumi ...`. */
export class PlainProject {
  readonly directory: string;
  readonly #env: Record<string, string>;

  private constructor(directory: string, bin: string) {
    this.directory = directory;
    this.#env = {
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      PULUMI_BACKEND_URL: `file://${path.join(directory, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  }

  /** With an empty program and the selected stack `dev`. */
  static async create(): Promise<PlainProject> {
    const directory = mkdtempSync(path.join(tmpdir(), "jobstack-project-"));
    const write = (name: string, content: object) =>
      writeFileSync(path.join(directory, name), JSON.stringify(content));
    write("package.json", { name: "project", type: "module" });
    write("Pulumi.yaml", {
      name: "project",
      runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--import=tsx" } },
      plugins: { providers: [{ name: "jobstack", path: path.join(projectRoot, "infra/provider/bin") }] },
    });
    mkdirSync(path.join(directory, "state"));
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(directory, "node_modules"));
    const project = new PlainProject(directory, await programs(directory));
    project.write("");
    await project.pulumi("stack", "init", "dev");
    return project;
  }

  /** Replaces the program; it has `pulumi` and `jobstack` imported. */
  write(program: string): void {
    const sdk = path.join(projectRoot, "infra/provider/sdk.ts");
    const imports = `import * as pulumi from "@pulumi/pulumi";\nimport * as jobstack from ${JSON.stringify(sdk)};\n`;
    writeFileSync(path.join(this.directory, "index.ts"), `${imports}${program}\nexport {};\n`);
  }

  /** Runs a command and rejects when it fails. */
  async pulumi(...args: string[]): Promise<Said> {
    const said = await this.attempt(...args);
    if (said.exitCode !== 0)
      throw new Error(`pulumi ${args.join(" ")}: exit code ${said.exitCode}\n${said.text}`);
    return said;
  }

  /** Runs a command that may fail. */
  async attempt(...args: string[]): Promise<Said> {
    const { exitCode, all, stdout } = await this.start(args);
    return { exitCode, text: all, stdout };
  }

  /** Starts a command; `onText` hears what it prints. */
  start(args: string[], onText: (text: string) => void = () => {}) {
    const command = execa("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: this.directory,
      env: this.#env,
      all: true,
      reject: false,
    });
    command.all.on("data", (chunk: Buffer) => onText(chunk.toString()));
    return command;
  }

  delete(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The CLI with the language host that the local platform would give it. */
async function programs(directory: string): Promise<string> {
  const home = process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
  const cli = await findPulumi({ sdkVersion: version, home, env: process.env });
  if (cli === undefined)
    throw new Error(`no Pulumi CLI ${version}; put it on PATH or into ${home}/versions/${version}`);
  return provideLanguageHost(path.join(directory, "bin"), cli, process.env);
}
