import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import pc from "picocolors";
import { readPlatformFile } from "../platform-file.ts";
import { lastLines } from "../supervisor/last-lines.ts";
import { readLiveState } from "../supervisor/run-state.ts";
import { type Alert, describeAlertEvents } from "../watch/alert-events.ts";
import { describeQueueEvents, type QueueCounters } from "../watch/queue-events.ts";
import { readAlerts, readQueueCounters } from "../watch/read-events.ts";
import type { Workspace } from "../workspace.ts";

const periodMs = 500;

/**
 * Prints one line per event until the signal: jobs woken, finished and failed, alerts, parts that crashed. Ends as well
 * when somebody else stops the platform.
 */
export async function follow(workspace: Workspace, signal: AbortSignal): Promise<void> {
  console.log(pc.dim("Following events; Ctrl-C stops everything.\n"));
  const readings = [followQueues(workspace), followAlerts(workspace), followParts(workspace)];
  while (!signal.aborted) {
    if (!readLiveState(workspace.run)) return print("the platform was stopped");
    for (const read of readings) for (const line of await read()) print(line);
    await delay(periodMs, undefined, { signal }).catch(() => {});
  }
}

type Reading = () => Promise<string[]>;

function followQueues(workspace: Workspace): Reading {
  const { databaseUrl } = readPlatformFile(workspace.dir);
  let client: pg.Client | undefined;
  let before: QueueCounters[] | undefined;
  return async () => {
    try {
      client ??= await connect(databaseUrl);
      const after = await readQueueCounters(client);
      const lines = before ? describeQueueEvents(before, after) : [];
      before = after;
      return lines;
    } catch {
      // The database is away; the line about its part says so. The next reading connects anew.
      client?.end().catch(() => {});
      client = undefined;
      return [];
    }
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: "jobstack up" });
  client.on("error", () => {});
  await client.connect();
  return client;
}

function followAlerts(workspace: Workspace): Reading {
  const url = readLiveState(workspace.run)?.parts.find(({ name }) => name === "alertmanager")?.url;
  let before: Alert[] = [];
  return async () => {
    if (!url) return [];
    const after = await readAlerts(url).catch(() => before);
    const lines = describeAlertEvents(before, after);
    before = after;
    return lines;
  };
}

function followParts(workspace: Workspace): Reading {
  const reported = new Set<string>();
  return async () => {
    const parts = readLiveState(workspace.run)?.parts ?? [];
    const failed = parts.filter((part) => part.state === "failed" && !reported.has(part.name));
    return failed.flatMap((part) => {
      reported.add(part.name);
      const tail = lastLines(part.log, 10).map((line) => `          ${line}`);
      return [
        pc.red(`${part.name} ${part.reason}; "npm run up" repairs it. The end of ${part.log}:`),
        ...tail,
      ];
    });
  };
}

function print(line: string): void {
  console.log(`${pc.dim(new Date().toTimeString().slice(0, 8))}  ${line}`);
}
