import * as pulumi from "@pulumi/pulumi";
import { adoptExisting } from "./adopt-existing.ts";
import { QueueCore } from "./components/queue-core.ts";
import { isProtected } from "./config.ts";
import { declareCronSecret } from "./cron-secret.ts";
import { declareHeartbeat } from "./declare-heartbeat.ts";
import { loadEnvironment } from "./environment.ts";
import { protectData } from "./protect-data.ts";
import { Provider } from "./provider/sdk.ts";
import { Flashcards } from "./systems/flashcards.ts";
import { Market } from "./systems/market.ts";
import { Packs } from "./systems/packs.ts";
import { Story } from "./systems/story.ts";
import { UserError } from "./user-error.ts";

/** The Pulumi program: one environment, its queue core, and the systems that its configuration names. */
export default async function program(): Promise<void> {
  try {
    await declare();
  } catch (error) {
    // The engine prints a RunError as its message alone.
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}

async function declare(): Promise<void> {
  const environment = loadEnvironment();
  const { config, projectRef, apiUrl, secrets } = environment;
  const provider = new Provider("project", {
    databaseUrl: secrets.databaseUrl,
    projectRef,
    accessToken: secrets.accessToken,
    apiUrl,
    lockTimeout: config.lockTimeout,
    statementTimeout: config.statementTimeout,
  });
  const transformations = [
    ...(isProtected(config) ? [protectData] : []),
    ...(config.adopt ? [adoptExisting] : []),
  ];
  const opts = { provider, transformations };
  const core = environment.core && new QueueCore("core", environment.core, opts);
  declareHeartbeat(environment, core, opts);
  const cronSecret = declareCronSecret(environment, core, opts);
  const shared = { environment, core, cronSecret };
  if (config.story) new Story("story", { ...shared, config: config.story }, opts);
  if (config.packs) new Packs("packs", { ...shared, config: config.packs }, opts);
  if (config.market) new Market("market", { ...shared, config: config.market }, opts);
  if (config.flashcards) new Flashcards("flashcards", { ...shared, config: config.flashcards }, opts);
  if (environment.grafana) {
    // Its provider is loaded where it is used, and nowhere else.
    const { deployDashboards } = await import("./deploy-dashboards.ts");
    deployDashboards(environment.grafana);
  }
}
