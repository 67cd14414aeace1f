// Child process of the download: `node --import tsx pulumi-installer.ts <root>`. The official installer knows no time
// limit and cannot be cancelled, so it runs in a process (group) that can be ended.
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error("usage: pulumi-installer.ts <root>");

// Standard input ends when the parent dies, however that happens.
process.stdin.on("end", () => process.kill(0, "SIGKILL")).resume();

try {
  await PulumiCommand.install({ root });
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
