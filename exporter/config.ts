import { z } from "zod";
import { UserError } from "../infra/user-error.ts";

/** What the exporter reads from its environment. */
export const exporterVariables = z.object({
  DATABASE_URL: z
    .string("missing; write postgresql://jobstack_exporter:password@host:port/database")
    .regex(/^postgres(ql)?:\/\/./, "not a Postgres URL; write postgresql://user:password@host:port/database")
    .describe("Secret. Postgres URL of the observed database, as role `jobstack_exporter`."),
  JOBSTACK_EXPORTER_PORT: z.coerce
    .number("not a port; write a whole number from 1 to 65535")
    .int("not a port; write a whole number from 1 to 65535")
    .min(1, "not a port; write a whole number from 1 to 65535")
    .max(65535, "not a port; write a whole number from 1 to 65535")
    .default(54330)
    .describe("TCP port to listen on. Default: 54330."),
  JOBSTACK_EXPORTER_HOST: z
    .string()
    .min(1, "empty; write an address such as 127.0.0.1, or leave it out")
    .default("127.0.0.1")
    .describe("Address to listen on. Default: 127.0.0.1, because metrics name jobs and queues."),
  JOBSTACK_ENVIRONMENT: z
    .string()
    .min(1, "empty; write a name such as production, or leave it out")
    .default("local")
    .describe("Value of the label `environment` on every series. Default: local."),
});

export interface ExporterConfig {
  databaseUrl: string;
  port: number;
  host: string;
  environment: string;
}

/** Reads the configuration; throws one UserError that lists every wrong variable and shows no value. */
export function loadExporterConfig(env: NodeJS.ProcessEnv): ExporterConfig {
  const parsed = exporterVariables.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new UserError("exporter: invalid environment", [...new Set(problems)]);
  }
  const { data } = parsed;
  return {
    databaseUrl: data.DATABASE_URL,
    port: data.JOBSTACK_EXPORTER_PORT,
    host: data.JOBSTACK_EXPORTER_HOST,
    environment: data.JOBSTACK_ENVIRONMENT,
  };
}
