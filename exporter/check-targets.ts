import type { TargetConfig } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import type { Sample } from "./sample.ts";
import { closeTarget, openTarget } from "./target.ts";

/** For reading one database once, in milliseconds. */
const budgetMs = 10_000;

export interface CheckResult {
  /** What to show the user, with a line break at the end. */
  text: string;
  /** Whether every database answered and no collector failed. */
  ok: boolean;
}

/** Collects from each target once, without saving what was counted, and says what each collector found. */
export async function checkTargets(configs: readonly TargetConfig[], version: string): Promise<CheckResult> {
  const results = await Promise.all(configs.map((config) => checkTarget(config, version)));
  return { text: results.map(({ text }) => text).join(""), ok: results.every(({ ok }) => ok) };
}

async function checkTarget(config: TargetConfig, version: string): Promise<CheckResult> {
  /** Why it failed: by collector, and under "" the database itself. */
  const errors = new Map<string, string>();
  const log = (_event: string, { collector = "", reason, error }: Fields = {}) => {
    errors.set(String(collector), [reason, error].filter(Boolean).join(": "));
  };
  const target = openTarget(config, { version, log }, withoutWriting(openDatabase(config.databaseUrl)));
  const { databaseUp, samples } = await target.collection.collect(budgetMs);
  await closeTarget(target, log);
  const lines = databaseUp
    ? collectorLines(samples, errors)
    : [{ ok: false, text: `failed   the database does not answer: ${errors.get("")}` }];
  const labels = Object.entries(config.labels).map(([name, value]) => `${name}="${value}"`);
  const head = `${config.name} {${labels.join(",")}}\n`;
  return {
    text: head + lines.map(({ text }) => `  ${text}\n`).join(""),
    ok: lines.every(({ ok }) => ok),
  };
}

type Fields = Readonly<Record<string, string | number>>;

function collectorLines(samples: readonly Sample[], errors: ReadonlyMap<string, string>) {
  const values = (metric: Sample["name"]) =>
    new Map(
      samples.flatMap(({ name, labels, value }) =>
        name === metric && "collector" in labels ? [[labels.collector, Number(value)] as const] : [],
      ),
    );
  const counts = values("jobstack_exporter_collector_samples");
  return [...values("jobstack_exporter_collector_skipped")].map(([collector, skipped]) => {
    const name = collector.padEnd(16);
    const error = errors.get(collector);
    if (error !== undefined) return { ok: false, text: `failed   ${name} ${error}` };
    if (skipped === 1) return { ok: true, text: `absent   ${name} not in this database` };
    return { ok: true, text: `ok       ${name} ${counts.get(collector) ?? 0} samples` };
  });
}

/** A check counts nothing for the exporter that runs. */
function withoutWriting(database: Database): Database {
  return { ...database, write: () => Promise.reject(new Error("not while checking")) };
}
