import type { LabelDomain, MetricDefinition } from "../exporter/catalogue/metric-definition.ts";
import { catalogue } from "../exporter/catalogue.ts";
import { ruleGroups } from "./rule-groups.ts";
import { thresholds } from "./thresholds.ts";

type Labels = Readonly<Record<string, LabelDomain>>;

/** What every series of a target carries beside its own labels. */
const targetLabels: Labels = { instance: "any", job: "any", environment: "any", project: "any" };

/** Made by Prometheus itself, and by prom-client for every process of Node. */
const otherSeries: Readonly<Record<string, Labels>> = {
  up: {},
  ALERTS: { alertname: "any", alertstate: ["pending", "firing"], severity: "any" },
  process_resident_memory_bytes: {},
  process_cpu_seconds_total: {},
  nodejs_eventloop_lag_p99_seconds: {},
};

/** What our own rules record, all of it by queue. */
const recorded = new Set<string>(
  ruleGroups("any", thresholds).flatMap(({ records = [] }) => records.map(({ record }) => record)),
);

const keywords = new Set(["and", "or", "unless", "bool", "inf", "nan"]);
const grouping = /\b(?:on|by|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** What follows a selector: a range in brackets, or an offset. */
const duration = /\[[^\]]*\]|\boffset\s+-?[0-9a-z]+/g;
const selector = /([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{([^}]*)\})?(\s*\()?/g;
const matcher = /([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

/**
 * What a PromQL expression refers to that does not exist: metrics, labels, and values of labels with a closed set.
 * Not a parser: it knows where names stand, and leaves the rest to promtool.
 */
export function promqlProblems(expr: string): string[] {
  const grouped = [...expr.matchAll(grouping)].flatMap(([, labels = ""]) =>
    labels.split(",").map((label) => label.trim()),
  );
  const selected = selectorsOf(expr);
  const all = Object.assign({}, targetLabels, ...selected.map(({ name }) => labelsOf(name) ?? {}));
  return [
    ...selected.flatMap(({ name, matchers }) => selectorProblems(name, matchers)),
    ...grouped
      .filter((label) => label !== "" && !(label in all))
      .map(
        (label) =>
          `label "${label}": on none of the metrics of this expression; write one of: ${Object.keys(all).join(", ")}`,
      ),
  ];
}

/** The labels that series of an expression can have. */
export function promqlLabels(expr: string): Set<string> {
  const own = selectorsOf(expr).flatMap(({ name }) => Object.keys(labelsOf(name) ?? {}));
  return new Set([...own, ...Object.keys(targetLabels)]);
}

function selectorsOf(expr: string): { name: string; matchers: string }[] {
  const bare = expr.replace(grouping, " ").replace(duration, " ");
  return [...bare.matchAll(selector)].flatMap(([, name = "", matchers = "", call]) =>
    call === undefined && !keywords.has(name) && !/^\d/.test(name) ? [{ name, matchers }] : [],
  );
}

function selectorProblems(name: string, matchers: string): string[] {
  const labels = labelsOf(name);
  if (labels === null) return [`metric "${name}": not in the catalogue; write one that is`];
  const known = { ...labels, ...targetLabels };
  return [...matchers.matchAll(matcher)].flatMap(([, label = "", operator, value = ""]) => {
    const domain = known[label];
    if (domain === undefined) {
      return [`metric "${name}": has no label "${label}"; write one of: ${Object.keys(known).join(", ")}`];
    }
    if (domain === "any" || operator === "=~" || operator === "!~" || domain.includes(value)) return [];
    return [`metric "${name}": label "${label}" is never "${value}"; write one of: ${domain.join(", ")}`];
  });
}

/** Null for a series that does not exist. */
function labelsOf(name: string): Labels | null {
  if (name in otherSeries) return otherSeries[name] ?? null;
  if (recorded.has(name)) return { queue: "any" };
  const definitions: Readonly<Record<string, MetricDefinition>> = catalogue;
  const own = definitions[name];
  if (own && own.type !== "histogram") return own.labels;
  const base = definitions[name.replace(/_(bucket|sum|count)$/, "")];
  if (base?.type !== "histogram" || own) return null;
  return name.endsWith("_bucket") ? { ...base.labels, le: "any" } : base.labels;
}
