import type pg from "pg";
import { expect } from "vitest";
import { openPool } from "../../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../../test/support/test-cluster.ts";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../../local/gateway/testing/test-gateway.ts";
import * as jobstack from "../sdk.ts";
import { installStops, type Phase, type Stop, stopAt } from "./change-stops.ts";
import type { RunningOperation } from "./pulumi-stack.ts";
import { StoppingApi } from "./stopping-api.ts";

type Victim = "engine" | "provider";

/** A database and a project whose changes stop where a test says, so that what makes them can be killed there. */
export class StoppableProject {
  readonly gateway: TestGateway;
  /** The server's superuser. */
  readonly admin: pg.Pool;
  readonly #cluster: TestCluster;
  readonly #api: StoppingApi;

  private constructor(cluster: TestCluster, gateway: TestGateway, api: StoppingApi) {
    this.#cluster = cluster;
    this.gateway = gateway;
    this.#api = api;
    this.admin = openPool(cluster.adminUrl);
  }

  static async start(): Promise<StoppableProject> {
    const cluster = await createTestCluster();
    const gateway = await startTestGateway({ databaseUrl: cluster.url });
    const project = new StoppableProject(cluster, gateway, await StoppingApi.start(gateway.url));
    await installStops(cluster.url, project.admin);
    return project;
  }

  /** Its provider, for a program. */
  provider(): jobstack.Provider {
    return new jobstack.Provider("project", {
      databaseUrl: this.#cluster.url,
      projectRef,
      accessToken,
      apiUrl: this.#api.url,
      // The test holds changes as long as it needs to.
      lockTimeout: "5min",
      statementTimeout: "5min",
    });
  }

  stopInDatabase(place: string, phase: Phase): Promise<Stop> {
    return stopAt(this.admin, place, phase);
  }

  async stopInApi(request: string, phase: Phase): Promise<Stop> {
    return this.#api.stopAt(request, phase);
  }

  /** Kills these while the operation stands there; fails when it ends before, or ends well. */
  async kill(held: Stop, operation: RunningOperation, victims: readonly Victim[]): Promise<void> {
    await reached(held, operation);
    await operation.processes.kill(...victims);
    await held.release();
    expect((await operation.ended).failed).toBe(true);
    await this.#sessionsEnd();
  }

  /** A killed client's session ends when it has its lock and finds nobody to answer to. */
  async #sessionsEnd(): Promise<void> {
    const query = "select from pg_catalog.pg_stat_activity where application_name = 'jobstack provider'";
    const sessions = async () => (await this.admin.query(query)).rowCount;
    await expect.poll(sessions, { timeout: 30_000, interval: 20 }).toBe(0);
  }

  async close(): Promise<void> {
    await this.admin.end();
    await this.#api.close();
    await this.gateway.close();
    await this.#cluster.stop();
  }
}

/** Waits until the operation stands there; fails when it ends before. */
export async function reached(held: Stop, operation: RunningOperation): Promise<void> {
  await Promise.race([held.reached(), operation.ended.then(({ output }) => expect.fail(output))]);
}
