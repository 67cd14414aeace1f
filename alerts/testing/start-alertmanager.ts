import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { processPart } from "../../infra/local/supervisor/process-part.ts";
import { findExecutables } from "../../infra/local/toolchain/find-executable.ts";
import { freePort } from "../../test/support/free-port.ts";

export interface TestAlertmanager {
  /** Hands alerts on as Prometheus does; those that end in the past are resolved. */
  post(alerts: { labels: object; annotations?: object; endsAt?: string }[]): Promise<void>;
  stop(): Promise<void>;
}

/** The machine's Alertmanager, in a folder of its own with these files. */
export async function startAlertmanager(
  files: { name: string; content: string }[],
): Promise<TestAlertmanager> {
  const [command] = findExecutables(["alertmanager", "prometheus-alertmanager"], process.env, []);
  if (command === undefined) throw new Error("Alertmanager is not installed");
  const folder = mkdtempSync(path.join(tmpdir(), "jobstack-alertmanager-"));
  for (const { name, content } of files) writeFileSync(path.join(folder, name), content);
  const url = `http://127.0.0.1:${await freePort()}`;
  const part = processPart({
    name: "alertmanager",
    log: path.join(folder, "log"),
    command,
    args: [
      `--config.file=${path.join(folder, "alertmanager.yaml")}`,
      `--storage.path=${folder}`,
      `--web.listen-address=${new URL(url).host}`,
      "--cluster.listen-address=",
    ],
    ready: { url: `${url}/-/ready` },
  });
  const stop = async () => {
    await part.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  await part
    .start(() => undefined)
    .catch(async (cause) => {
      await stop();
      throw cause;
    });
  return {
    async post(alerts) {
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(alerts),
      });
      if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
    },
    stop,
  };
}
