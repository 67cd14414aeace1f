import { UserError } from "../../user-error.ts";
import { explainGoFailure, parseGoOutput } from "./go-build-progress.ts";
import type { GoCommand } from "./go-version.ts";
import { CommandFailedError, type LoggedRun, runLogged } from "./run-logged.ts";

export interface GoToolBuild {
  /** Shown in errors. */
  name: string;
  go: GoCommand;
  /** Folder with the go.mod and go.sum that pin everything. */
  moduleDir: string;
  /** Import path of the program. */
  target: string;
  ldflags: string;
  /** The file to write. */
  output: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  progress: (step: string, done?: number, total?: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Builds one Go program from pinned modules. What Go's build cache holds from a build that was cut off is not built
 * again, nor counted. Throws a UserError with the end of go's output.
 */
export async function buildGoTool(build: GoToolBuild): Promise<void> {
  try {
    const total = await countStalePackages(build);
    await compile(build, total);
  } catch (cause) {
    if (!(cause instanceof CommandFailedError)) throw cause;
    const reason = explainGoFailure(cause.output) ?? cause.message;
    throw new UserError(
      `${build.name}: cannot be built: ${reason}; the whole log is ${build.logFile}`,
      cause.tail(),
      {
        cause,
      },
    );
  }
}

/** Fetches the modules on its way: go list reads the sources. */
async function countStalePackages(build: GoToolBuild): Promise<number> {
  let modules = 0;
  build.progress("fetching Go modules");
  const template = "{{if .Stale}}{{.ImportPath}}{{end}}";
  const output = await runLogged(
    build.go.path,
    ["list", "-deps", "-f", template, ...flags(build), build.target],
    {
      ...environment(build),
      captureStdout: true,
      onLine: (line) => {
        if (parseGoOutput(line).kind === "module") build.progress("fetching Go modules", ++modules);
      },
    },
  );
  return output.split("\n").filter((line) => line !== "").length;
}

async function compile(build: GoToolBuild, total: number): Promise<void> {
  let done = 0;
  build.progress("building", 0, total);
  await runLogged(build.go.path, ["build", "-v", ...flags(build), "-o", build.output, build.target], {
    ...environment(build),
    onLine: (line) => {
      if (parseGoOutput(line).kind !== "package") return;
      done += 1;
      build.progress(done < total ? "building" : "linking", Math.min(done, total), total);
    },
  });
}

function flags(build: GoToolBuild): string[] {
  return ["-trimpath", "-ldflags", build.ldflags];
}

/** Without cgo the result does not depend on whether there is a C compiler, nor on this system's C library. */
function environment(build: GoToolBuild): LoggedRun {
  return {
    cwd: build.moduleDir,
    env: {
      ...build.env,
      CGO_ENABLED: "0",
      GO111MODULE: "on",
      GOFLAGS: "-mod=readonly -buildvcs=false",
      GOTOOLCHAIN: "local",
      GOWORK: "off",
      GOROOT: undefined,
    },
    logFile: build.logFile,
    signal: build.signal,
  };
}
