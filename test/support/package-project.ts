import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version.js";
import { execa } from "execa";
import { findPulumi } from "../../infra/local/toolchain/find-pulumi.ts";
import { packageRoot } from "../../infra/package-root.ts";

/** One value of a stack's configuration. */
export type ConfigValue = { value: string; secret?: boolean };

/** A project of somebody else's, in a folder of its own, with this package installed from its tarball. */
export class PackageProject {
  readonly directory: string;
  /** Paths in the tarball. */
  readonly files: string[];

  private constructor(directory: string, files: string[]) {
    this.directory = directory;
    this.files = files;
  }

  /** Builds, packs and installs. */
  static async create(): Promise<PackageProject> {
    const directory = mkdtempSync(path.join(tmpdir(), "jobstack-package-"));
    const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", directory], {
      cwd: packageRoot,
    });
    // The build's own output stands before the JSON.
    const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as PackedFiles[];
    if (packed === undefined) throw new Error("npm pack made nothing");
    const project = new PackageProject(
      directory,
      packed.files.map((file) => file.path),
    );
    project.write("package.json", JSON.stringify({ name: "mails", private: true, type: "module" }));
    await project.install(`./${packed.filename}`, `@pulumi/pulumi@${sdkVersion}`, "@types/node@20");
    cpSync(path.join(packageRoot, "test/support/package-driver.mjs"), path.join(directory, "drive.mjs"));
    return project;
  }

  async install(...packages: string[]): Promise<void> {
    const quick = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await execa("npm", ["install", ...quick, ...packages], { cwd: this.directory });
  }

  write(file: string, content: string): void {
    const target = path.join(this.directory, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }

  read(file: string): string {
    return readFileSync(path.join(this.directory, file), "utf8");
  }

  /** Compiles files of the project against the types that the package ships; fails with the compiler's words. */
  async compile(...files: string[]): Promise<void> {
    // The SDK's own declarations take half a minute to check; ours are checked by what the program uses of them.
    const options = {
      module: "nodenext",
      target: "es2023",
      strict: true,
      skipLibCheck: false,
      types: ["node"],
    };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions: options, files }));
    await execa(path.join(packageRoot, "node_modules/typescript/bin/tsc"), [], { cwd: this.directory });
  }

  /** Runs program.js; for each action the steps that the engine took or would take, such as "create CronJob tick". */
  async run(actions: ("preview" | "up")[], config: Record<string, ConfigValue>): Promise<string[][]> {
    const home = process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
    const cli = await findPulumi({ sdkVersion, home, env: process.env });
    if (cli === undefined) throw new Error(`no Pulumi CLI ${sdkVersion}; put it on PATH or into ${home}`);
    const env = {
      PULUMI_BACKEND_URL: `file://${this.directory}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    };
    const request = JSON.stringify({ actions, root: cli.root, env, config });
    const { stdout } = await execa("node", ["drive.mjs", request], { cwd: this.directory });
    return JSON.parse(stdout);
  }

  delete(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

interface PackedFiles {
  filename: string;
  files: { path: string }[];
}
