import { z } from "zod";
import { UserError } from "../user-error.ts";

/** The services that listen on loopback, each with its default port and the variable that overrides it. */
export const services = {
  api: { title: "API and functions", variable: "JOBSTACK_API_PORT", port: 54321 },
  database: { title: "Postgres", variable: "JOBSTACK_DB_PORT", port: 54322 },
  exporter: { title: "Exporter", variable: "JOBSTACK_EXPORTER_PORT", port: 54330 },
  prometheus: { title: "Prometheus", variable: "JOBSTACK_PROMETHEUS_PORT", port: 54331 },
  alertmanager: { title: "Alertmanager", variable: "JOBSTACK_ALERTMANAGER_PORT", port: 54332 },
  generator: { title: "What systems call (stand-in)", variable: "JOBSTACK_UPSTREAM_PORT", port: 54333 },
} as const;

export type Service = keyof typeof services;

/** What a user may set through the environment before `npm run up`. */
export interface Settings {
  ports: Record<Service, number>;
  /** A Postgres that is there already; the embedded one is not started then. */
  databaseUrl?: string;
}

const serviceNames = Object.keys(services) as Service[];
const port = z.coerce.number().int().min(1).max(65535);

/** Reads the settings; throws one UserError that lists every wrong variable. */
export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  const problems: string[] = [];
  const ports = {} as Record<Service, number>;
  for (const name of serviceNames) {
    const { variable, port: fallback } = services[name];
    const parsed = port.safeParse(env[variable] ?? fallback);
    if (parsed.success) ports[name] = parsed.data;
    else problems.push(`${variable}: "${env[variable]}" is not a port; write a number from 1 to 65535`);
  }
  problems.push(...sharedPorts(ports));
  const databaseUrl = env.DATABASE_URL;
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    problems.push("DATABASE_URL: not a Postgres URL; write postgresql://user:password@host:port/database");
  }
  if (problems.length > 0) throw new UserError("invalid environment", problems);
  return { ports, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
}

function sharedPorts(ports: Partial<Record<Service, number>>): string[] {
  return serviceNames.flatMap((name, index) => {
    const twin = serviceNames.slice(0, index).find((other) => ports[name] && ports[other] === ports[name]);
    if (!twin) return [];
    return [
      `${services[name].variable}: ${ports[name]} is taken by ${services[twin].variable}; give each its own port`,
    ];
  });
}
