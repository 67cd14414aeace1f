import { type ChildProcess, fork } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { PostgresCluster, type PostgresClusterOptions } from "./cluster.ts";

/** One data directory for all tests here; each begins with it stopped. */
let dir: string;
let cluster: PostgresCluster;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), `jobstack-test-${process.pid}-`));
  chmodSync(dir, 0o711);
});
beforeEach(async () => {
  cluster = await create();
});
afterEach(() => cluster.stop());
afterAll(async () => {
  await cluster.remove();
  rmSync(dir, { recursive: true, force: true });
});

test("keeps its data over a stop and a start", async () => {
  await cluster.start();
  await cluster.applyBaseline();
  await sql("create table kept as select 1 as n");
  expect(cluster.status()).toMatchObject({ running: true, location: path.join(dir, "postgres") });
  await cluster.stop();
  expect(cluster.status()).toMatchObject({ running: false, pid: undefined });
  await cluster.start();
  expect(await sql("select n from kept")).toEqual([{ n: 1 }]);
});

test("is made with checksums, UTF8, fsync and the superuser of Supabase", async () => {
  cluster = await create({ durable: true });
  await cluster.start();
  await cluster.applyBaseline();
  expect(
    await sql(`select current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding,
      current_setting('fsync') as fsync, (select rolname from pg_roles where oid = 10) as superuser`),
  ).toEqual([{ checksums: "on", encoding: "UTF8", fsync: "on", superuser: "supabase_admin" }]);
});

test("asks for a password over TCP and keeps its files to the server's user", async () => {
  await cluster.start();
  await cluster.applyBaseline();
  const wrong = new pg.Client({ connectionString: cluster.url().replace(":postgres@", ":wrong@") });
  await expect(wrong.connect()).rejects.toMatchObject({ code: "28P01" });
  for (const folder of [cluster.dataDir, cluster.socketDir]) expect(statSync(folder).mode & 0o077).toBe(0);
  expect(statSync(path.join(cluster.dataDir, "vault.key")).mode & 0o777).toBe(0o600);
});

test("stops a server whose supervisor was killed before it starts its own", async () => {
  const orphan = await leaveOrphan();
  expect(cluster.status().pid).toBe(orphan);
  await cluster.start();
  expect(cluster.status().pid).not.toBe(orphan);
  expect(cluster.status().running).toBe(true);
});

test("starts after the whole server was killed", async () => {
  await cluster.start();
  const { pid = 0 } = cluster.status();
  process.kill(pid, "SIGKILL");
  expect(await cluster.exited).toEqual({ code: null, signal: "SIGKILL" });
  expect(existsSync(path.join(cluster.dataDir, "postmaster.pid"))).toBe(true);
  await cluster.start();
  expect(cluster.status().running).toBe(true);
});

test("starts although its lock files name a process that is now something else", async () => {
  await cluster.start();
  await cluster.stop();
  for (const file of [
    path.join(cluster.dataDir, "postmaster.pid"),
    path.join(cluster.socketDir, `.s.PGSQL.${cluster.port}.lock`),
  ]) {
    writeFileSync(file, `${process.pid}\n${cluster.dataDir}\n`);
  }
  expect(cluster.status().running).toBe(false);
  await cluster.start();
  expect(cluster.status().running).toBe(true);
});

test("names the port when another program listens on it", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(cluster.port, "127.0.0.1", resolve));
  await expect(cluster.start()).rejects.toThrow(
    `postgres: port ${cluster.port} is in use by another program; stop it or choose another port`,
  );
  await new Promise((resolve) => other.close(resolve));
  await cluster.start();
});

test("shows the end of the log when the server does not start", async () => {
  const broken = await create({ settings: { work_mem: "nonsense" } });
  await expect(broken.start()).rejects.toThrow(
    /the server did not start; the end of .*postgres\.log:\n.*work_mem/,
  );
  expect(broken.status().running).toBe(false);
});

test("begins again when the making of the data directory was interrupted", async () => {
  await cluster.prepare();
  rmSync(path.join(cluster.dataDir), { recursive: true });
  mkdirSync(`${cluster.dataDir}.new`);
  writeFileSync(path.join(`${cluster.dataDir}.new`, "PG_VERSION"), "15\n");
  await cluster.start();
  expect(cluster.status().running).toBe(true);
});

test.runIf(process.getuid?.() === 0)(
  "lives elsewhere when the server's user cannot reach its folder",
  async () => {
    chmodSync(dir, 0o700);
    const hidden = await create({ dir: path.join(dir, "hidden") });
    try {
      await hidden.start();
      expect(hidden.location).toMatch(/^\/var\/lib\/jobstack\/[0-9a-f]{12}$/);
      expect(readFileSync(path.join(dir, "hidden", "location"), "utf8")).toBe(`${hidden.location}\n`);
      chmodSync(dir, 0o711);
      expect((await create({ dir: path.join(dir, "hidden") })).location).toBe(hidden.location);
    } finally {
      await hidden.remove();
    }
    expect(existsSync(hidden.location)).toBe(false);
  },
);

async function create(options: Partial<PostgresClusterOptions> = {}): Promise<PostgresCluster> {
  return new PostgresCluster({
    dir: path.join(dir, "postgres"),
    port: await freePort(),
    durable: false,
    ...options,
  });
}

/** Lets a child process start the cluster and kills it; returns the process id of the postmaster that is left. */
async function leaveOrphan(): Promise<number> {
  const script = path.join(dir, "supervisor.mts");
  const clusterModule = path.join(import.meta.dirname, "cluster.ts");
  writeFileSync(
    script,
    `import { PostgresCluster } from ${JSON.stringify(clusterModule)};
     const cluster = new PostgresCluster(${JSON.stringify({ dir: path.join(dir, "postgres"), port: cluster.port, durable: false })});
     cluster.start().then(() => process.send(cluster.status().pid));`,
  );
  const supervisor: ChildProcess = fork(script, { execArgv: ["--import", import.meta.resolve("tsx")] });
  const pid = await new Promise<number>((resolve) =>
    supervisor.once("message", (message) => resolve(Number(message))),
  );
  supervisor.kill("SIGKILL");
  await new Promise((resolve) => supervisor.once("exit", resolve));
  return pid;
}

async function sql(text: string) {
  const client = new pg.Client({ connectionString: cluster.url() });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
