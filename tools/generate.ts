// `npm run generate`: writes every generated file; with --check, fails when a committed one is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { generateAlerts } from "../alerts/generate.ts";
import { generateDashboards } from "../dashboards/generate.ts";
import { generateDockerFiles } from "../docker/generate.ts";
import { generateMetricsPage } from "../exporter/metrics-page.ts";
import { projectRoot } from "../infra/local/workspace.ts";
import { generateConfigReference } from "./configuration-reference.ts";

/** A file that a generator makes; `path` is relative to the project. */
export interface GeneratedFile {
  path: string;
  content: string;
}

new Command("generate")
  .description("Write the generated files: alert rules, Alertmanager configuration, dashboards, references.")
  .option("--check", "write nothing, and fail when a committed file is stale")
  .action(({ check }: { check?: boolean }) => {
    const stale = [
      ...generateAlerts(),
      ...generateDashboards(),
      ...generateDockerFiles(),
      generateConfigReference(),
      generateMetricsPage(),
    ].filter(isStale);
    if (!check) return stale.forEach(write);
    for (const file of stale)
      console.error(`${file.path}: stale; run "npm run generate" and commit the result`);
    if (stale.length > 0) process.exit(1);
  })
  .parse();

function isStale(file: GeneratedFile): boolean {
  const target = path.join(projectRoot, file.path);
  return !existsSync(target) || readFileSync(target, "utf8") !== file.content;
}

function write(file: GeneratedFile): void {
  const target = path.join(projectRoot, file.path);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, file.content);
  console.log(`wrote ${file.path}`);
}
