import { execa } from "execa";

/** Runs a script as an administrator does, and returns what psql shows; rejects with the server's words. */
export async function runPsql(databaseUrl: string, script: string): Promise<string> {
  const { stdout, stderr } = await execa(
    "psql",
    ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", databaseUrl, "-f", "-"],
    { input: script, env: { PGOPTIONS: "-c client_min_messages=warning" } },
  );
  return [stdout, stderr].filter(Boolean).join("\n");
}
