import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../user-error.ts";
import { callFunction } from "../call-function.ts";
import { readPlatformFile } from "../platform-file.ts";
import { withDatabase } from "../with-database.ts";
import type { Workspace } from "../workspace.ts";

const timeoutMs = 60_000;

/** Sends one real job through the gateway, unless there were jobs before, and waits for its end. Returns what happened. */
export async function runFirstJob(workspace: Workspace): Promise<string> {
  const { apiUrl, databaseUrl } = readPlatformFile(workspace.dir);
  const seen = await withDatabase(databaseUrl, (client) => client.query("select from story.jobs limit 1"));
  if (seen.rowCount) return "ran before";
  const began = Date.now();
  const created = await callFunction(apiUrl, "job-creator", sampleJob);
  const id = String(created.job_id);
  while (Date.now() - began < timeoutMs) {
    const job = await callFunction(apiUrl, `job-status?job_id=${id}`);
    if (job.status === "completed") return `story written in ${Date.now() - began} ms`;
    if (job.status === "failed") throw new UserError(`first job "${id}": failed: ${job.error}`);
    await delay(50);
  }
  throw new UserError(
    `first job "${id}": not finished after ${timeoutMs / 1000} s; look at logs/functions.log`,
  );
}

const sampleJob = {
  job_type: "story_generation",
  parameters: {
    topic: "A lighthouse keeper and a whale",
    level: "N5",
    instructions: "",
    length: "short",
    geminiApiKey: "example-key",
  },
};
