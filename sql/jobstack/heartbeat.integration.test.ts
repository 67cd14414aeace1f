import http from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PgNetWorker } from "../../infra/local/pg-net/worker.ts";
import { openPool } from "../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../test/support/test-cluster.ts";
import { installJobstack } from "./install.ts";
import { setClock, value } from "./testing/queue-database.ts";
import { useQueueClient } from "./testing/use-queue-client.ts";

const url = "https://example.com/alive";

describe("send_heartbeat()", () => {
  const { client } = useQueueClient();

  const send = () => client().query("select jobstack.send_heartbeat('alive', $1)", [url]);
  const calls = async () => (await client().query("select url, body from net.calls")).rows;

  it("calls while the tick runs, and notes the call", async () => {
    await client().query("select jobstack.tick()");
    await setClock(client(), "2026-01-01T00:01:59Z");
    await send();
    expect(await calls()).toEqual([
      {
        url,
        body: {
          heartbeat: "alive",
          at: "2026-01-01T00:01:59+00:00",
          ticked_at: "2026-01-01T00:00:00+00:00",
        },
      },
    ]);
    expect(await value(client(), "select name from jobstack.function_call")).toBe("alive");
  });

  it("keeps silent before the first tick, with which it may begin", async () => {
    await send();
    expect(await calls()).toEqual([]);
  });

  it("keeps silent, and says why, when the last tick is two minutes ago", async () => {
    await client().query("select jobstack.tick()");
    await setClock(client(), "2026-01-01T00:02:00Z");
    await expect(send()).rejects.toThrow(/^heartbeat "alive": is not sent, because the tick last ran at 20/);
    expect(await calls()).toEqual([]);
  });

  it("reads the address from Vault", async () => {
    await client().query("select jobstack.tick(), vault.create_secret($1, 'HEARTBEAT_URL')", [url]);
    await client().query("select jobstack.send_heartbeat('alive', p_url_secret => 'HEARTBEAT_URL')");
    expect(await calls()).toMatchObject([{ url }]);
  });
});

describe("the whole path", () => {
  let server: TestCluster;
  let db: pg.Pool;
  let worker: PgNetWorker | undefined;
  let service: http.Server;
  let heard: unknown[];

  beforeAll(async () => {
    heard = [];
    service = http.createServer(async (request, response) => {
      heard.push(await json(request));
      response.writeHead(200).end();
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    server = await createTestCluster();
    db = openPool(server.url);
    for (const extension of ["pg_net", "supabase_vault"]) {
      await db.query(`create extension if not exists ${extension} cascade`);
    }
    await installJobstack(db);
    const address = `http://127.0.0.1:${(service.address() as AddressInfo).port}/alive`;
    await db.query("select vault.create_secret($1, 'HEARTBEAT_URL')", [address]);
  });
  afterAll(async () => {
    await worker?.stop(0);
    await db?.end();
    service.close();
    await server?.stop();
  });

  it("leads from pg_cron by pg_net to the service", async () => {
    await db.query("select jobstack.tick()");
    // The only schedule that comes without a minute's wait.
    await db.query("select cron.schedule('alive', '@reboot', $1)", [
      "select jobstack.send_heartbeat(p_name => 'alive', p_url_secret => 'HEARTBEAT_URL')",
    ]);
    await db.end();
    await server.cluster.stop();
    await server.cluster.start();
    db = openPool(server.url);
    worker = new PgNetWorker({ databaseUrl: server.adminUrl });
    await worker.start();
    await vi.waitFor(() => expect(heard).toMatchObject([{ heartbeat: "alive" }]), { timeout: 40_000 });
  });
});
