import path from "node:path";
import pc from "picocolors";
import { readPlatformFile } from "../platform-file.ts";
import { readLiveState } from "../supervisor/run-state.ts";
import type { Workspace } from "../workspace.ts";

/** What runs, where, what to try next, and how to stop it. `notes` say what this machine does without. */
export function printSummary(workspace: Workspace, notes: readonly string[]): void {
  const { databaseUrl } = readPlatformFile(workspace.dir);
  const rows = (readLiveState(workspace.run)?.parts ?? []).flatMap(({ name, url }) => [
    [name, name === "postgres" ? databaseUrl : (url ?? "runs in the background")],
    ...(name === "exporter" ? [["status page", `${url}/status`]] : []),
  ]);
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  const env = path.relative(process.cwd(), path.join(workspace.dir, "env"));
  console.log(`
${pc.bold("Running")}
${rows.map(([name = "", where]) => `  ${name.padEnd(width)}  ${where}`).join("\n")}
${notes.map((note) => `  ${pc.yellow("note")}  ${note}\n`).join("")}
${pc.bold("Try")}
  . ${env}
  curl -s "$API_URL/functions/v1/job-creator" -H "Authorization: Bearer $USER_JWT" -H "Content-Type: application/json" \\
    -d '{"job_type":"story_generation","parameters":{"topic":"A test story","level":"N5","instructions":"","length":"short","geminiApiKey":"any-key"}}'
  psql "$DB_URL" -c "select id, status, created_at, completed_at from story.jobs order by created_at desc limit 5"
  curl -s "$EXPORTER_URL/metrics" | grep ^jobs_
  npm run preview

${pc.bold("Stop")}
  npm run down              ${pc.dim("keeps the data")}
  npm run down -- --purge   ${pc.dim("removes it")}
`);
}
