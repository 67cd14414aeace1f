import Fastify, { type FastifyInstance } from "fastify";
import type { Snapshot } from "../../collection.ts";
import { historyMinutes, trackedMetrics } from "../history.ts";

export interface FakePrometheus {
  url: string;
  server: FastifyInstance;
  logins: (string | undefined)[];
  /** The paths and parameters that were asked for. */
  asked: { path: string; query: Record<string, string> }[];
}

export interface FakeAlert {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  state?: "firing" | "pending";
  activeAt?: string;
}

/** Answers as Prometheus' API does: with these alerts, and with a past of waves that ends in the snapshot. */
export async function startFakePrometheus(
  alerts: readonly FakeAlert[],
  latest?: Snapshot,
): Promise<FakePrometheus> {
  const server = Fastify();
  const asked: FakePrometheus["asked"] = [];
  const logins: FakePrometheus["logins"] = [];
  server.addHook("onRequest", async (request) => {
    logins.push(request.headers.authorization);
    asked.push({
      path: request.url.split("?")[0] ?? "",
      query: { ...(request.query as Record<string, string>) },
    });
  });
  server.get("/api/v1/alerts", async () => ({
    status: "success",
    data: { alerts: alerts.map((one) => ({ state: "firing", annotations: {}, ...one })) },
  }));
  server.get<{ Querystring: { end: string } }>("/api/v1/query_range", async ({ query }) => ({
    status: "success",
    data: { resultType: "matrix", result: latest ? past(latest, Number(query.end)) : [] },
  }));
  return { url: await server.listen({ host: "127.0.0.1", port: 0 }), server, logins, asked };
}

function past({ samples }: Snapshot, end: number) {
  const tracked: ReadonlySet<string> = new Set(trackedMetrics);
  return samples.flatMap(({ name, labels, value }, index) => {
    if (!tracked.has(name) || typeof value !== "number") return [];
    const counts = name.endsWith("_total");
    const values = Array.from({ length: historyMinutes }, (_, minute) => {
      const left = historyMinutes - 1 - minute;
      const wave = 1 + 0.6 * Math.sin((minute + index * 11) / 9) + 0.3 * Math.sin((minute * index) / 5);
      const then = counts
        ? value - left * Math.min(4, value / 2000) * (1 + Math.round(wave))
        : left === 0
          ? value
          : value * wave;
      return [end - left * 60, String(Math.max(0, counts ? Math.round(then) : then))];
    });
    return [{ metric: { __name__: name, ...labels }, values }];
  });
}
