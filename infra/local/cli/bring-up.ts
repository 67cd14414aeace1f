import { Listr } from "listr2";
import { deployLocalStack } from "../deploy/deploy.ts";
import { validateLocalConfig } from "../deploy/validate-local-config.ts";
import { ensurePlatform } from "../ensure-platform.ts";
import { loadSettings } from "../settings.ts";
import { ensureToolchain, type Toolchain } from "../toolchain/ensure-toolchain.ts";
import { createWorkspace, type Workspace } from "../workspace.ts";
import { runFirstJob } from "./first-job.ts";
import { printSummary } from "./print-summary.ts";
import { startPlatform } from "./start-platform.ts";

/** Everything from a fresh clone to a running, deployed environment; changes nothing that is in place already. */
export async function bringUp(workspace: Workspace): Promise<void> {
  const settings = loadSettings(process.env);
  const { story } = validateLocalConfig();
  createWorkspace(workspace);
  let toolchain: Toolchain;
  await new Listr(
    [
      {
        title: "Tools",
        task: async (_, task) => {
          toolchain = await ensureToolchain({
            needPostgres: settings.databaseUrl === undefined,
            needMonitoring: true,
            logDir: workspace.logs,
            progress: (line) => say(task, line),
          });
          task.title = `Tools: ${describeTools(toolchain)}`;
        },
      },
      {
        title: "Platform",
        task: async (_, task) => {
          await ensurePlatform(workspace, settings);
          const state = await startPlatform(workspace, settings, toolchain, (line) => say(task, line));
          task.title = `Platform: ${state.parts.map((part) => part.name).join(", ")}`;
        },
      },
      {
        title: "Deployment",
        task: async (_, task) => {
          const result = await deployLocalStack(workspace, toolchain.pulumi, (line) => say(task, line));
          task.title = `Deployment: ${result.created} created, ${result.updated} updated, ${result.deleted} deleted, ${result.unchanged} unchanged`;
        },
      },
      {
        title: "First job",
        skip: () => story === undefined,
        task: async (_, task) => {
          task.title = `First job: ${await runFirstJob(workspace)}`;
        },
      },
    ],
    { fallbackRenderer: "simple", rendererOptions: { showSubtasks: false } },
  ).run();
  printSummary(workspace);
}

function say(task: { output: string | undefined }, line: string): void {
  task.output = line;
}

function describeTools({ postgres, prometheus, alertmanager, pulumi }: Toolchain): string {
  return [
    postgres ? `PostgreSQL ${postgres.version}` : "Postgres from DATABASE_URL",
    `Pulumi ${pulumi.version}`,
    ...(prometheus ? ["Prometheus"] : ["no Prometheus on this machine"]),
    ...(alertmanager ? ["Alertmanager"] : ["no Alertmanager on this machine"]),
  ].join(", ");
}
