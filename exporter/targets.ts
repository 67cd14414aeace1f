import { isDeepStrictEqual } from "node:util";
import type { TargetConfig } from "./config.ts";
import { closeTarget, openTarget, type Target, type TargetContext } from "./target.ts";

interface Entry {
  config: TargetConfig;
  target: Target;
}

/** The targets that are observed now; a new configuration replaces only those that it changes. */
export class Targets {
  readonly #context: TargetContext;
  #entries: readonly Entry[] = [];

  constructor(context: TargetContext) {
    this.#context = context;
  }

  /** In the order of the configuration. */
  get list(): readonly Target[] {
    return this.#entries.map(({ target }) => target);
  }

  /**
   * Observes exactly these. A target that only got other labels goes on with its connections and counters. One that is
   * replaced ends first, so that its successor reads what it saved.
   */
  async apply(configs: readonly TargetConfig[]): Promise<void> {
    const kept = new Map(
      this.#entries.flatMap((entry) => {
        const config = configs.find(({ name }) => name === entry.config.name);
        return config && observesTheSame(config, entry.config) ? [[config.name, entry] as const] : [];
      }),
    );
    const ended = this.#entries.filter(({ config }) => !kept.has(config.name));
    this.#entries = this.#entries.filter((entry) => !ended.includes(entry));
    await Promise.all(ended.map(({ target }) => closeTarget(target, this.#context.log)));
    this.#entries = configs.map((config) => {
      const entry = kept.get(config.name);
      const target = entry ? { ...entry.target, labels: config.labels } : openTarget(config, this.#context);
      return { config, target };
    });
  }

  /** Ends all of them. */
  close(): Promise<void> {
    return this.apply([]);
  }
}

function observesTheSame(one: TargetConfig, other: TargetConfig): boolean {
  return isDeepStrictEqual({ ...one, labels: null }, { ...other, labels: null });
}
