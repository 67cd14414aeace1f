import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../infra/local/workspace.ts";
import { freePort } from "../../test/support/free-port.ts";
import { debianProgram } from "./debian-program.ts";

/** One exporter, as a process of its own. */
export interface Side {
  name: string;
  /** The role that it logs in as. */
  role: string;
  /** Its metrics. */
  url: string;
  process: ChildProcess;
}

export const peerRoles = ["peer_postgres_exporter", "peer_sql_exporter"] as const;

const peers = fileURLToPath(new URL("peers", import.meta.url));

export async function startJobstack(databaseUrl: string): Promise<Side> {
  const port = await freePort();
  const args = ["--import", "tsx", "exporter/main.ts"];
  const env = { DATABASE_URL: databaseUrl, JOBSTACK_EXPORTER_PORT: String(port) };
  return start("jobstack", "jobstack_exporter", port, process.execPath, args, env);
}

/** `urlOf` gives the connection string of a role. */
export async function startPostgresExporter(urlOf: (role: string) => string): Promise<Side> {
  const [role] = peerRoles;
  const port = await freePort();
  const args = [
    `--web.listen-address=127.0.0.1:${port}`,
    `--extend.query-path=${path.join(peers, "queries.yaml")}`,
    "--disable-default-metrics",
    "--disable-settings-metrics",
    "--no-collector.database",
    "--no-collector.bgwriter",
  ];
  const program = await debianProgram("prometheus-postgres-exporter");
  const env = { DATA_SOURCE_NAME: `${urlOf(role)}?sslmode=disable` };
  return start("postgres_exporter, custom queries", role, port, program, args, env);
}

export async function startSqlExporter(urlOf: (role: string) => string): Promise<Side> {
  const [, role] = peerRoles;
  const port = await freePort();
  const program = await debianProgram("prometheus-sql-exporter");
  const config = path.join(projectRoot, ".jobstack/bench/sql-exporter.yaml");
  const template = readFileSync(path.join(peers, "sql-exporter.yaml"), "utf8");
  writeFileSync(config, template.replace("{{url}}", `${urlOf(role)}?sslmode=disable`));
  const args = ["-config.file", config, "-web.listen-address", `127.0.0.1:${port}`];
  return start("sql_exporter", role, port, program, args, {});
}

async function start(
  name: string,
  role: string,
  port: number,
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Side> {
  const child = spawn(program, args, {
    cwd: projectRoot,
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  let output = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  });
  const url = `http://127.0.0.1:${port}/metrics`;
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) break;
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) return { name, role, url, process: child };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error(`${name} did not start:\n${output}`);
}
