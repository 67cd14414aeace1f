import type { FastifyInstance } from "fastify";
import { packageVersion } from "../infra/package-root.ts";
import { UserError } from "../infra/user-error.ts";
import type { ExporterConfig } from "./config.ts";
import { before } from "./deadline.ts";
import { LiveConfig } from "./live-config.ts";
import { logToStderr as log } from "./log.ts";
import { createServer, renewCertificate } from "./server.ts";
import type { Given } from "./settings.ts";
import { Prometheus } from "./status/prometheus.ts";
import { Targets } from "./targets.ts";

/** The local platform kills a part that takes longer than 5 s to end. */
const stopMs = 4000;

/** Serves metrics until SIGTERM or SIGINT; says `ready` on stdout once it listens. SIGHUP reads the configuration anew. */
export async function runExporter(given: Given): Promise<void> {
  const version = packageVersion();
  const targets = new Targets({ version, log });
  const live = new LiveConfig({
    given,
    log,
    apply: async (config) => {
      await targets.apply(config.targets);
      if (config.tls) renewCertificate(server, config.tls);
    },
  });
  await targets.apply(live.current.targets);
  const server = createServer({
    targets: () => targets.list,
    environment: () => live.current.environment,
    version,
    prometheus: live.current.prometheusUrl === null ? null : new Prometheus(live.current.prometheusUrl),
    samples: () => live.samples(),
    access: () => live.current.access,
    tls: live.current.tls,
  });
  await listen(server, live.current);
  const stop = async () => {
    await before(
      stopMs,
      server.close().then(() => targets.close()),
    ).catch(() => log("stopped before everything was saved"));
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  process.on("SIGHUP", () => live.reload());
  process.stdout.write("ready\n");
}

async function listen(server: FastifyInstance, { listen: { host, port } }: ExporterConfig): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE")) throw cause;
    throw new UserError(
      `exporter port "${port}": in use by another program on ${host}; stop it or set JOBSTACK_EXPORTER_PORT to a free port`,
      [],
      { cause },
    );
  }
}
