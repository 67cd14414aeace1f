import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../infra/local/workspace.ts";

/**
 * Path of a program from a Debian package of the same name. It is unpacked into a folder of its own, so nothing is
 * installed on the system.
 */
export async function debianProgram(name: string): Promise<string> {
  const folder = path.join(projectRoot, ".jobstack/bench/debian", name);
  const program = path.join(folder, "usr/bin", name);
  if (existsSync(program)) return program;
  console.error(`Downloading ${name} ...`);
  mkdirSync(folder, { recursive: true });
  const download = () =>
    execa("apt-get", ["-o", "APT::Sandbox::User=root", "download", name], { cwd: folder });
  try {
    await download();
  } catch {
    // A new machine has no list of packages yet.
    await execa("apt-get", ["update"]);
    await download();
  }
  const archive = readdirSync(folder).find((file) => file.endsWith(".deb")) ?? "";
  await execa("dpkg", ["-x", archive, "."], { cwd: folder });
  return program;
}
