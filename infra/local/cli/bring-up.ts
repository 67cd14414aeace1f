import path from "node:path";
import { Listr, type ListrTask } from "listr2";
import { type Deployment, deployLocalStack } from "../deploy/deploy.ts";
import { validateLocalConfig } from "../deploy/validate-local-config.ts";
import { loadSettings } from "../settings.ts";
import { writeShellEnvironment } from "../shell-environment.ts";
import { ensureToolchain, type Toolchain } from "../toolchain/ensure-toolchain.ts";
import { withFileLock } from "../toolchain/file-lock.ts";
import { createWorkspace, type Workspace } from "../workspace.ts";
import { runFirstJob } from "./first-job.ts";
import { printSummary } from "./print-summary.ts";
import { startPlatform } from "./start-platform.ts";
import { throttleProgress } from "./throttle-progress.ts";

/** Everything from a fresh clone to a running, deployed environment; changes nothing that is in place already. */
export async function bringUp(workspace: Workspace, signal: AbortSignal): Promise<void> {
  const settings = loadSettings(process.env);
  const { story } = validateLocalConfig();
  createWorkspace(workspace);
  const context = {} as Context;
  const steps = [
    step("Tools", async (say) => {
      context.toolchain = await ensureToolchain({
        needPostgres: settings.databaseUrl === undefined,
        needMonitoring: true,
        logDir: workspace.logs,
        signal,
        progress: throttleProgress(say),
      });
      return describeTools(context.toolchain);
    }),
    step("Platform", async (say) => {
      const { parts } = await startPlatform(workspace, settings, context.toolchain, { say, signal });
      await writeShellEnvironment(workspace, settings, context.toolchain.pulumi);
      return parts.map(({ name }) => name).join(", ");
    }),
    step("Deployment", async (say) =>
      describeDeployment(await deployLocalStack(workspace, context.toolchain.pulumi, say)),
    ),
    ...(story ? [step("First job", () => runFirstJob(workspace))] : []),
  ];
  await withFileLock(path.join(workspace.run, "up.lock"), () => run(context, steps), {
    onWait: () => console.log('Another "npm run up" is at work here; waiting for it ...'),
    signal,
  });
  printSummary(workspace, context.toolchain.notes);
}

interface Context {
  toolchain: Toolchain;
}

/** A line of the progress display; `work` returns what to show behind the title once it is done. */
function step(title: string, work: (say: (line: string) => void) => Promise<string>): ListrTask<Context> {
  return {
    title,
    task: async (_, task) => {
      try {
        task.title = `${title}: ${await work((line) => {
          task.output = line;
        })}`;
      } catch (cause) {
        throw new Error("see below", { cause });
      }
    },
  };
}

/** The display shows that a step failed; why, in full, is for the caller to print. */
async function run(context: Context, steps: ListrTask<Context>[]): Promise<void> {
  try {
    await new Listr(steps, {
      ctx: context,
      fallbackRenderer: "simple",
      rendererOptions: { showErrorMessage: false },
      // Its own would end the process before the parts are stopped.
      registerSignalListeners: false,
    }).run();
  } catch (error) {
    throw (error as Error).cause ?? error;
  }
}

function describeTools({ postgres, prometheus, alertmanager, pulumi }: Toolchain): string {
  return [
    postgres ? `PostgreSQL ${postgres.version}` : "Postgres from DATABASE_URL",
    `Pulumi ${pulumi.version}`,
    ...(prometheus ? ["Prometheus"] : []),
    ...(alertmanager ? ["Alertmanager"] : []),
  ].join(", ");
}

function describeDeployment({ created, updated, deleted, unchanged }: Deployment): string {
  return `${created} created, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged`;
}
