import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { alertSettings } from "../alerts/settings.ts";
import { isMissing } from "../alerts/testing/is-missing.ts";
import { installMetrics } from "../exporter/testing/install-metrics.ts";
import { type Service, services } from "../infra/local/settings.ts";
import { monitoringParts } from "../infra/local/supervisor/monitoring-parts.ts";
import type { Part } from "../infra/local/supervisor/part.ts";
import { processPart } from "../infra/local/supervisor/process-part.ts";
import { findSystemPrograms } from "../infra/local/toolchain/system-programs.ts";
import { buildUpstream } from "../infra/local/upstream/server.ts";
import { packageRoot } from "../infra/package-root.ts";
import { installJobstack } from "../sql/jobstack/install.ts";
import { declareJobs, insertJobs, queue } from "../sql/jobstack/testing/queue-database.ts";
import { freePort } from "./support/free-port.ts";
import { createTestDatabase, type TestDatabase } from "./support/test-database.ts";

/** What an environment may set: short times, so that an alert is heard of within seconds. */
const alerts = alertSettings.parse({
  groupWait: "1s",
  groupInterval: "1s",
  heartbeat: { url: "http://127.0.0.1:9", every: "1s" },
  thresholds: { stuckFor: "1s" },
});

const timeout = 120_000;

let folder: string;
let database: TestDatabase;
let receiver: FastifyInstance;
let parts: Part[] = [];
let worker: ReturnType<typeof startWorker> | undefined;
let ticking: Promise<void>;
let over = false;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-alerting-"));
  database = await createTestDatabase();
  await installJobstack(database.pool);
  const exporterUrl = await installMetrics(database.url);
  await declareJobs(database.pool, {
    wake_url: null,
    wake_secret: null,
    lease_seconds: 3600,
    stuck_after_seconds: 2,
  });
  ticking = tick();
  const ports = {} as Record<Service, number>;
  for (const service of Object.keys(services) as Service[]) ports[service] = await freePort();
  receiver = buildUpstream();
  await receiver.listen({ host: "127.0.0.1", port: ports.generator });
  const workspace = {
    logs: folder,
    prometheus: path.join(folder, "prometheus"),
    alertmanager: path.join(folder, "alertmanager"),
  };
  for (const name of [workspace.prometheus, workspace.alertmanager]) mkdirSync(name);
  const { programs } = findSystemPrograms({ needPostgres: false, needMonitoring: true }, process.env);
  const exporter = processPart({
    name: "exporter",
    log: path.join(folder, "exporter.log"),
    command: process.execPath,
    args: ["--import", "tsx", path.join(packageRoot, "exporter/main.ts")],
    env: { DATABASE_URL: exporterUrl, JOBSTACK_EXPORTER_PORT: String(ports.exporter) },
    ready: "line",
  });
  const standInUrl = `http://127.0.0.1:${ports.generator}`;
  parts = [exporter, ...monitoringParts({ workspace, ports, programs, alerts, standInUrl })];
  for (const part of parts) await part.start((reason) => console.error(`${part.name} ${reason}`));
}, timeout);

afterEach(async () => {
  worker?.kill("SIGCONT");
  worker?.kill("SIGKILL");
  await worker;
});

afterAll(async () => {
  over = true;
  await ticking;
  for (const part of parts.reverse()) await part.stop();
  await receiver?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** What pg_cron does in a deployment. */
async function tick(): Promise<void> {
  while (!over) {
    await database.pool.query("select jobstack.tick(), pg_sleep(1)");
  }
}

/** Starts a worker whose jobs run until it is told on its stdin. */
function startWorker() {
  const script = path.join(packageRoot, "worker/testing/run.ts");
  return execa("node", ["--import=tsx", script, database.url, queue], { cwd: packageRoot, reject: false });
}

async function until<Value>(read: () => Promise<Value>, isIt: (value: Value) => boolean): Promise<Value> {
  return vi.waitFor(
    async () => {
      const value = await read();
      expect(value).toSatisfy(isIt);
      return value;
    },
    { timeout, interval: 100 },
  );
}

interface Notification {
  status: string;
  commonLabels: Record<string, string>;
  alerts: { status: string; annotations: Record<string, string> }[];
}

const received = async (what: string) =>
  (await receiver.inject(`/${what}`)).json() as { receivedAt: string; body: Notification }[];
const notifications = async () => (await received("notifications")).map(({ body }) => body);
const statuses = async () =>
  (await notifications()).map(({ status, commonLabels }) => `${commonLabels.alertname} ${status}`);
const countOf = (status: string) => async () => {
  const sql = "select count(*)::int as jobs from public.jobs where status = $1";
  return (await database.pool.query<{ jobs: number }>(sql, [status])).rows[0]?.jobs;
};

/** Alertmanager's next three looks at what it has to tell, as its sign of life counts them. */
async function nextLooks(): Promise<void> {
  const since = new Date().toISOString();
  await until(
    async () => (await received("watchdogs")).filter(({ receivedAt }) => receivedAt > since).length,
    (count) => count >= 3,
  );
}

it.skipIf(isMissing("amtool") || isMissing("promtool"))(
  "the webhook hears once that jobs are stuck while their worker stands still, and once that it is over",
  { timeout: 3 * timeout },
  async () => {
    worker = startWorker();
    await insertJobs(database.pool, 2);
    await until(countOf("processing"), (jobs) => jobs === 2);
    worker.kill("SIGSTOP");
    await until(statuses, (heard) => heard.length > 0);
    await nextLooks();
    expect(await notifications()).toMatchObject([
      {
        status: "firing",
        commonLabels: { alertname: "JobsStuck", severity: "critical", environment: "local", queue },
        alerts: [
          {
            status: "firing",
            annotations: {
              summary: "Jobs hang in processing.",
              description: expect.stringContaining(`Jobs of queue ${queue} in local that`),
              runbook_url: "alerts/runbooks/JobsStuck.md",
            },
          },
        ],
      },
    ]);

    worker.kill("SIGCONT");
    worker.stdin.write("go on\n");
    await until(countOf("completed"), (jobs) => jobs === 2);
    await until(statuses, (heard) => heard.length > 1);
    await nextLooks();
    expect(await statuses()).toEqual(["JobsStuck firing", "JobsStuck resolved"]);
  },
);
