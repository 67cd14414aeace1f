import type { MetricName } from "./catalogue.ts";
import { type ExporterConfig, loadExporterConfig } from "./config.ts";
import type { Log } from "./log.ts";
import { type Sample, sample } from "./sample.ts";
import type { Given } from "./settings.ts";

/** What the process says of its configuration; no collector owns these. */
export const configMetrics = [
  "jobstack_exporter_config_last_reload_successful",
  "jobstack_exporter_config_last_reload_success_timestamp_seconds",
] as const satisfies readonly MetricName[];

export interface LiveConfigOptions {
  given: Given;
  /** Puts a new configuration into effect. Only called with one that can be. */
  apply: (config: ExporterConfig) => Promise<void>;
  log: Log;
  /** Unix time in milliseconds. Default: the clock of the machine. */
  now?: () => number;
}

/** The configuration in effect, which a reload replaces as a whole or not at all. */
export class LiveConfig {
  readonly #options: Required<LiveConfigOptions>;
  #current: ExporterConfig;
  #successful = true;
  #succeededAt: number;
  #underWay: Promise<void> = Promise.resolve();

  /** Throws a UserError when the configuration is not valid. */
  constructor(options: LiveConfigOptions) {
    this.#options = { now: Date.now, ...options };
    this.#current = loadExporterConfig(options.given);
    this.#succeededAt = this.#options.now();
  }

  get current(): ExporterConfig {
    return this.#current;
  }

  /** Reads everything anew, files of secrets and certificates included. Reloads follow one another; never rejects. */
  reload(): Promise<void> {
    this.#underWay = this.#underWay.then(() => this.#reloadOnce());
    return this.#underWay;
  }

  samples(): Sample[] {
    return [
      ...sample("jobstack_exporter_config_last_reload_successful", {}, this.#successful),
      ...sample(
        "jobstack_exporter_config_last_reload_success_timestamp_seconds",
        {},
        this.#succeededAt / 1000,
      ),
    ];
  }

  async #reloadOnce(): Promise<void> {
    const { given, apply, log, now } = this.#options;
    try {
      const next = loadExporterConfig(given);
      refuseWhatNeedsARestart(this.#current, next);
      await apply(next);
      this.#current = next;
      this.#successful = true;
      this.#succeededAt = now();
      log("configuration reloaded", { targets: next.targets.length });
    } catch (error) {
      this.#successful = false;
      log("configuration not reloaded; the last one stays", { error: (error as Error).message });
    }
  }
}

function refuseWhatNeedsARestart(current: ExporterConfig, next: ExporterConfig): void {
  const moved = current.listen.host !== next.listen.host || current.listen.port !== next.listen.port;
  const wrapped = (current.tls === null) !== (next.tls === null);
  const changed = [moved ? ["listen"] : [], wrapped ? ["tls"] : []].flat().join(" and ");
  if (changed !== "") throw new Error(`${changed}: needs a restart to change; restart, or change it back`);
}
