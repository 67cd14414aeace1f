import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import pg from "pg";
import { type PlatformFile, readPlatformFile } from "../../infra/local/platform-file.ts";
import { type Service, services } from "../../infra/local/settings.ts";
import { projectRoot } from "../../infra/local/workspace.ts";
import { freePort } from "../support/free-port.ts";

/** Where a platform lives; enough to open it in another process. */
export interface TestPlatformLocation {
  dir: string;
  ports: Record<Service, number>;
}

/** A platform of a test's own: on free ports, in a working folder of its own, driven by the commands a user types. */
export interface TestPlatform extends TestPlatformLocation {
  env: Record<string, string | undefined>;
  /** Runs `npm run <script> -- <args>`; resolves with everything it printed, rejects when it fails. */
  npm(script: string, ...args: string[]): Promise<string>;
  file(): PlatformFile;
  url(service: Service): string;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A statement of somebody who works in one schema: its names need no schema. */
  queryIn<Row extends pg.QueryResultRow>(schema: string, sql: string): Promise<Row[]>;
  /** The same on the server's superuser, for what a deployment role may not do. */
  queryAsAdmin<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
}

export async function createTestPlatform(): Promise<TestPlatform> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "jobstack-e2e-"));
  const ports = {} as Record<Service, number>;
  for (const service of Object.keys(services) as Service[]) ports[service] = await freePort();
  return openTestPlatform({ dir, ports });
}

/** A platform that `createTestPlatform` made, seen from any process. */
export function openTestPlatform({ dir, ports }: TestPlatformLocation): TestPlatform {
  // What commands print is compared as plain text, whatever the terminal of the tests shows.
  const env: Record<string, string | undefined> = {
    JOBSTACK_DIR: dir,
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
  };
  for (const service of Object.keys(services) as Service[])
    env[services[service].variable] = String(ports[service]);

  async function npm(script: string, ...args: string[]): Promise<string> {
    const { all } = await execa("npm", ["run", script, "--", ...args], { cwd: projectRoot, env, all: true });
    return all;
  }
  async function run<Row extends pg.QueryResultRow>(
    url: string,
    sql: string,
    values: unknown[],
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }
  const file = () => readPlatformFile(dir);
  return {
    dir,
    ports,
    env,
    npm,
    file,
    url: (service) => `http://127.0.0.1:${ports[service]}`,
    query: (sql, values = []) => run(file().databaseUrl, sql, values),
    queryIn: (schema, sql) => run(searching(file().databaseUrl, schema), sql, []),
    queryAsAdmin: (sql) => run(file().databaseUrl.replace("//postgres:", "//supabase_admin:"), sql, []),
  };
}

function searching(databaseUrl: string, schema: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set("options", `-c search_path=${schema},public,extensions`);
  return url.href;
}
