import { Command } from "commander";
import { packageVersion } from "../infra/package-root.ts";
import { checkTargets } from "./check-targets.ts";
import { loadExporterConfig } from "./config.ts";
import { grantsCommand } from "./grants-command.ts";
import { logToStderr } from "./log.ts";
import { runExporter } from "./run-exporter.ts";
import { type Given, type SettingName, settings, variableOf } from "./settings.ts";

const notes = `
A flag wins over its variable, and both win over the file. A database that a variable names is observed only where the
file lists no targets.

Everybody on a machine can read the arguments of its processes, those of npx among them: give a URL with a password as
DATABASE_URL, or in a file.

Examples:
  DATABASE_URL=postgresql://jobstack_exporter:...@host:5432/postgres jobstack exporter
  jobstack exporter --database-url-file /run/secrets/url --environment production
  jobstack exporter --config exporter.yaml
  jobstack exporter check --config exporter.yaml`;

/** `jobstack exporter`: serves metrics; its subcommands help to set that up. */
export function exporterCommand(): Command {
  return (
    withSettings(new Command("exporter"))
      .description("Show pg_cron, job queues and pg_net of one or several databases to Prometheus.")
      .addHelpText("after", notes)
      .action(async (flags: Given["flags"]) => {
        hidePassword(flags);
        await runExporter({ flags, env: process.env });
      })
      .addCommand(checkCommand())
      .addCommand(grantsCommand())
      // So that a flag behind the name of a subcommand is the subcommand's.
      .enablePositionalOptions()
  );
}

function checkCommand(): Command {
  return withSettings(new Command("check"))
    .description(
      "Validate the configuration, read each database once, and say what it shows. Changes nothing.",
    )
    .action(async (flags: Given["flags"]) => {
      hidePassword(flags);
      const config = loadExporterConfig({ flags, env: process.env });
      const { text, ok } = await checkTargets(config.targets, packageVersion());
      process.stdout.write(text);
      if (!ok) process.exitCode = 1;
    });
}

function withSettings(command: Command): Command {
  for (const name of Object.keys(settings) as SettingName[]) {
    const { flag, help } = settings[name];
    const variable = variableOf(name);
    command.option(flag, variable === null ? help : `${help} [${variable}]`);
  }
  return command;
}

/** Takes the arguments out of the list of processes. It was there for a moment, and npx's own copy stays. */
function hidePassword({ databaseUrl }: Given["flags"]): void {
  if (databaseUrl === undefined) return;
  process.title = "jobstack exporter";
  logToStderr("the database's URL was in the list of processes; give it as DATABASE_URL or in a file");
}
