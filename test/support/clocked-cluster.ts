import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { createTestCluster, type TestCluster } from "./test-cluster.ts";

export interface ClockedCluster extends TestCluster {
  /** Sets the server's clock, which goes on from there. pg_cron notices within a second. */
  setClock(time: Date): void;
  /** The server's time. */
  now(): Date;
}

/** A cluster with pg_cron whose clock the test sets, so that it meets days within seconds. Needs a C compiler (cc). */
export async function createClockedCluster(settings: Record<string, string> = {}): Promise<ClockedCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), `jobstack-test-${process.pid}-clock-`));
  chmodSync(folder, 0o755);
  const library = path.join(folder, "server-clock.so");
  const file = path.join(folder, "ahead");
  const source = path.join(import.meta.dirname, "server-clock.c");
  await execa("cc", ["-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", library, source]);
  const env = { LD_PRELOAD: library, TEST_CLOCK_FILE: file };
  let aheadMs = 0;
  try {
    const cluster = await createTestCluster(settings, env);
    return {
      ...cluster,
      now: () => new Date(Date.now() + aheadMs),
      setClock: (time) => {
        aheadMs = time.getTime() - Date.now();
        const ahead = Buffer.alloc(8);
        ahead.writeBigInt64LE(BigInt(aheadMs) * 1000n);
        // Nobody may read half of it.
        writeFileSync(`${file}.new`, ahead);
        renameSync(`${file}.new`, file);
      },
      stop: async () => {
        await cluster.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw cause;
  }
}
