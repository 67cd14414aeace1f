import path from "node:path";
import type { z } from "zod";
import { UserError } from "../infra/user-error.ts";
import { type Access, readAccess } from "./access.ts";
import { type ConfigDocument, databaseUrlSchema, exporterSchema } from "./config-schema.ts";
import type { TargetLabels } from "./exposition.ts";
import type { JobTable } from "./job-table.ts";
import {
  type Document,
  type Overlaid,
  overlaySettings,
  urlSettings,
  waysToNameADatabase,
} from "./overlay-settings.ts";
import { readConfigFile } from "./read-config-file.ts";
import { readSecret, type SecretPlaces, type SecretResult } from "./secret-source.ts";
import { type Given, settingOf } from "./settings.ts";
import { readTls, type Tls } from "./tls.ts";

export interface TargetConfig {
  name: string;
  labels: TargetLabels;
  databaseUrl: string;
  /** Watched by themselves. Left out: none. */
  jobTables?: readonly JobTable[];
}

export interface ExporterConfig {
  listen: { host: string; port: number };
  /** Value of the label `environment` on the process's own series. */
  environment: string;
  /** May hold a password. Null: the status page asks no Prometheus. */
  prometheusUrl: string | null;
  targets: TargetConfig[];
  /** Null: everybody who reaches the port may see everything. */
  access: Access | null;
  /** Null: plain HTTP. */
  tls: Tls | null;
}

/** What the user wrote for a path of the document. */
export type NameOf = (keys: readonly PropertyKey[]) => string;

/**
 * The configuration from flags, environment and file, with every secret read. Throws one UserError that lists every
 * problem by what the user wrote, and shows no secret.
 */
export function loadExporterConfig(given: Given): ExporterConfig {
  const file = settingOf(given, "config")?.value ?? null;
  const overlaid = overlaySettings(file === null ? null : readConfigFile(file), given);
  const places = { env: given.env, folder: file === null ? "." : path.dirname(file) };
  const nameOf: NameOf = (keys) => overlaid.origins.get(keys.join(".")) ?? pathText(keys);
  const parsed = exporterSchema.safeParse(overlaid.document);
  const urls = readUrls(overlaid, places);
  const { access, problems: accessProblems } = readAccess(overlaid.document.auth, places);
  const { tls, problems: tlsProblems } = readTls(overlaid.document.tls, places.folder);
  const config = parsed.success ? { ...resolve(parsed.data, urls, overlaid.single), access, tls } : null;
  const problems = [
    ...overlaid.problems,
    ...(parsed.error?.issues.flatMap((issue) => describeIssue(issue, nameOf)) ?? []),
    ...urls.flatMap((url, index) =>
      "problem" in url ? [`${nameOf(["targets", index, url.key])}: ${url.problem}`] : [],
    ),
    ...(config ? findTwins(config.targets) : []),
    ...accessProblems.map(({ keys, problem }) => `${nameOf(["auth", ...keys])}: ${problem}`),
    ...tlsProblems.map(({ key, problem }) => `${nameOf(["tls", key])}: ${problem}`),
  ];
  if (config && problems.length === 0) return config;
  const what = file === null ? "exporter: invalid settings" : `exporter configuration "${file}": invalid`;
  throw new UserError(what, [...new Set(problems)]);
}

/** Of every target, also where something else of the document is wrong. */
function readUrls({ document, single }: Overlaid, places: SecretPlaces): SecretResult[] {
  const targets: unknown[] = Array.isArray(document.targets) ? document.targets : [];
  return targets.map((target) => {
    // Of what is no entry at all the schema says enough.
    if (typeof target !== "object" || target === null) return { key: "", value: "" };
    const hint = single ? waysToNameADatabase : undefined;
    const found = readSecret(target as Document, urlSettings, places, hint);
    if (!("value" in found) || found.key === "databaseUrl") return found;
    const problem = databaseUrlSchema.safeParse(found.value).error?.issues[0]?.message;
    return problem === undefined ? found : { key: found.key, problem: `holds what is ${problem}` };
  });
}

function resolve(
  { listen, environment, prometheusUrl, targets }: ConfigDocument,
  urls: readonly SecretResult[],
  single: boolean,
): Omit<ExporterConfig, "access" | "tls"> {
  return {
    listen,
    environment,
    prometheusUrl: prometheusUrl ?? null,
    targets: targets.map((target, index) => {
      const url = urls[index];
      const project = target.project ?? (single ? undefined : target.name);
      const labels = { environment: target.environment ?? environment, ...(project ? { project } : {}) };
      const databaseUrl = url && "value" in url ? url.value : "";
      const { name, jobTables } = target;
      return { name, labels, databaseUrl, ...(jobTables.length > 0 ? { jobTables } : {}) };
    }),
  };
}

/** Targets that could not be told apart: by name, or as series. */
function findTwins(targets: readonly TargetConfig[]): string[] {
  return targets.flatMap(({ name, labels }, index) => {
    const earlier = targets.slice(0, index);
    const sameName = earlier.some((other) => other.name === name);
    const sameLabels = earlier.some(
      ({ labels: { environment, project } }) =>
        environment === labels.environment && project === labels.project,
    );
    return [
      ...(sameName ? [`targets[${index}].name: "${name}" is another target's; write another`] : []),
      ...(sameLabels && !sameName
        ? [`targets[${index}].project: another target has the same environment and project; write another`]
        : []),
    ];
  });
}

/** One issue of the schema as problems, each with the path that the user wrote. */
export function describeIssue(issue: z.core.$ZodIssue, nameOf: NameOf): string[] {
  if (issue.code !== "unrecognized_keys") return [`${nameOf(issue.path)}: ${issue.message}`];
  return issue.keys.map((key) => `${nameOf([...issue.path, key])}: unknown setting; remove it`);
}

/** "targets[0].name" */
export function pathText(keys: readonly PropertyKey[]): string {
  const text = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "the whole file";
}
