import { z } from "zod";
import { accessSchema } from "./access.ts";
import { jobTables } from "./job-table.ts";
import { tlsSchema } from "./tls.ts";

const notEmpty = (example: string) => z.string().min(1, `empty; write ${example}, or leave it out`);
const port = "not a port; write a whole number from 1 to 65535";

/** A Postgres URL, wherever it was read from. */
export const databaseUrlSchema = z
  .string("not a text; write postgresql://user:password@host:port/database")
  .refine(
    (url) => /^postgres(ql)?:\/\/./.test(url) && URL.canParse(url),
    "not a Postgres URL; write postgresql://user:password@host:port/database, with what is special in it as %XX",
  );

const target = z.strictObject(
  {
    name: z
      .string("missing; write a short name, unique among the targets")
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "must be letters, digits, dots, _ and -, at most 63")
      .describe("Name in `/probe?target=<name>`, on the landing page and in the log; unique."),
    environment: notEmpty("a name such as production")
      .optional()
      .describe(
        "Value of the label `environment` on the target's series. Default: the file's `environment`.",
      ),
    project: notEmpty("a name such as shop")
      .optional()
      .describe("Value of the label `project` on the target's series. Default: the target's name."),
    databaseUrl: databaseUrlSchema
      .optional()
      .describe(
        "Secret. Postgres URL of the observed database, as role `jobstack_exporter`; direct or through a pooler. " +
          "Exactly one of this and the next two.",
      ),
    databaseUrlFile: notEmpty("the path of a file")
      .optional()
      .describe("File that holds nothing but the URL. Relative to the configuration file."),
    databaseUrlEnv: notEmpty("the name of a variable")
      .optional()
      .describe("Name of the environment variable that holds the URL."),
    jobTables: jobTables
      .default([])
      .describe(
        "Job tables to watch where Jobstack is not deployed, once the script of `jobstack exporter grants` was run.",
      ),
  },
  "not an entry; write its settings, such as `name: shop`",
);

/** The exporter's configuration file. */
export const exporterSchema = z.strictObject({
  listen: z
    .strictObject({
      host: notEmpty("an address such as 127.0.0.1")
        .default("127.0.0.1")
        .describe("Address to listen on. Loopback unless you say otherwise: metrics name jobs and queues."),
      port: z
        .number(port)
        .int(port)
        .min(1, port)
        .max(65535, port)
        .default(54330)
        .describe("TCP port to listen on."),
    })
    .prefault({})
    .describe("Where Prometheus finds the exporter."),
  environment: notEmpty("a name such as production")
    .default("local")
    .describe("Value of the label `environment` on the process's own series and on targets that name none."),
  prometheusUrl: z
    .url({ protocol: /^https?$/, error: "not an address; write http://host:port of a Prometheus" })
    .optional()
    .describe(
      "Base URL of the Prometheus that the page `/status` asks for alerts and history; a user and password in it are sent. " +
        "Left out: the page finds out by itself. A reload does not change it.",
    ),
  targets: z
    .array(target, "missing, or not a list; write one entry for each database")
    .min(1, "empty; write one entry for each database")
    .describe("The observed databases, each with its own connections, counters and failures."),
  auth: accessSchema
    .optional()
    .describe("Who may see anything but `/healthz`. Left out: everybody who reaches the port."),
  tls: tlsSchema.optional().describe("Certificate to serve HTTPS with. Left out: HTTP."),
});

export type ConfigDocument = z.infer<typeof exporterSchema>;
