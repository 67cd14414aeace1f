// The exporter as a process of its own: `jobstack exporter` from source, as the local platform runs it.
import { describeFailure } from "../infra/describe-failure.ts";
import { exporterCommand } from "./command.ts";

try {
  await exporterCommand().parseAsync();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1);
}
