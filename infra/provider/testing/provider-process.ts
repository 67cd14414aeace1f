import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const EXECUTABLE = fileURLToPath(new URL("../bin/pulumi-resource-jobstack", import.meta.url));

/** The provider as Pulumi starts it. */
export interface ProviderProcess {
  address: string;
  /** Everything it wrote, port apart. */
  log(): string;
  stop(): Promise<void>;
}

export async function startProvider(): Promise<ProviderProcess> {
  const child = spawn(EXECUTABLE, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const port = await firstLine(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { address: `127.0.0.1:${port}`, log: () => errors, stop };
}

async function firstLine(child: ChildProcess): Promise<string> {
  return await new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("\n")) resolve(output.trim());
    });
    child.once("exit", (code) => reject(new Error(`the provider ended with ${code} before it gave a port`)));
  });
}
