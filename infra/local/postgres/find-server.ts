import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { execaSync } from "execa";

/** Where an installed PostgreSQL server keeps its parts. All paths absolute. */
export interface PostgresServer {
  bindir: string;
  sharedir: string;
  pkglibdir: string;
  /** Major version, for instance 15. */
  version: number;
}

/** No usable server on this machine; `missing` says which package has to be installed. */
export class PostgresMissingError extends Error {
  readonly missing: "server" | "pg_cron";

  constructor(missing: "server" | "pg_cron", message: string) {
    super(message);
    this.name = "PostgresMissingError";
    this.missing = missing;
  }
}

const oldestMajor = 15;

/**
 * Finds the newest installed PostgreSQL server (15 or newer) that has pg_cron. With `major`, only that version fits,
 * because a data directory can be opened by no other. Throws PostgresMissingError.
 */
export function findServer(major?: number): PostgresServer {
  const wanted = major ?? `${oldestMajor} or newer`;
  const servers = candidateBindirs()
    .map(inspectServer)
    .filter((server) => server !== undefined)
    .filter((server) => (major === undefined ? server.version >= oldestMajor : server.version === major));
  if (servers.length === 0) {
    throw new PostgresMissingError(
      "server",
      `postgres: no server of version ${wanted} found; install it (Debian, Ubuntu: postgresql-${major ?? oldestMajor})`,
    );
  }
  const withCron = servers.find((server) => hasExtension(server, "pg_cron"));
  if (withCron) return withCron;
  const version = servers[0]?.version;
  throw new PostgresMissingError(
    "pg_cron",
    `postgres: server ${version} has no extension pg_cron; install it (Debian, Ubuntu: postgresql-${version}-cron)`,
  );
}

/** Whether the system's server brings this extension. */
export function hasExtension(server: PostgresServer, name: string): boolean {
  return existsSync(path.join(server.sharedir, "extension", `${name}.control`));
}

function candidateBindirs(): string[] {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const fromConfig = run("pg_config", ["--bindir"]);
  const onPath = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  const all = [
    ...versions.map((version) => path.join(debian, version, "bin")),
    ...(fromConfig ? [fromConfig] : []),
    ...onPath,
  ];
  return [...new Set(all)].filter((dir) => isExecutable(path.join(dir, "postgres")));
}

/** The server's own pg_config knows its folders; Debian has them without it, in fixed places. */
function inspectServer(bindir: string): PostgresServer | undefined {
  const version = Number(
    /\(PostgreSQL\) (\d+)/.exec(run(path.join(bindir, "postgres"), ["--version"]) ?? "")?.[1],
  );
  if (!version || !isExecutable(path.join(bindir, "initdb"))) return undefined;
  const config = path.join(bindir, "pg_config");
  const sharedir = run(config, ["--sharedir"]) ?? `/usr/share/postgresql/${version}`;
  const pkglibdir = run(config, ["--pkglibdir"]) ?? path.join(path.dirname(bindir), "lib");
  if (!existsSync(path.join(sharedir, "postgres.bki")) || !existsSync(pkglibdir)) return undefined;
  return { bindir, sharedir, pkglibdir, version };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(command: string, args: string[]): string | undefined {
  const result = execaSync(command, args, { reject: false });
  return result.failed ? undefined : result.stdout.trim();
}
