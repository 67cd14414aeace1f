#!/usr/bin/env node
// `jobstack`: the command line of the package.
import { Command } from "commander";
import { exporterCommand } from "../exporter/command.ts";
import { describeFailure } from "../infra/describe-failure.ts";
import { packageVersion } from "../infra/package-root.ts";

const program = new Command("jobstack")
  .description("Background jobs on Postgres and Supabase: watch them without deploying anything.")
  .version(packageVersion())
  .addCommand(exporterCommand())
  // So that a flag belongs to the subcommand behind whose name it stands.
  .enablePositionalOptions();

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1);
}
