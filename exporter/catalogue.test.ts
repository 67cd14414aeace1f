import { describe, expect, it } from "vitest";
import type { MetricDefinition } from "./catalogue/metric-definition.ts";
import { catalogue, type MetricName, metricNames } from "./catalogue.ts";
import { collectors } from "./collectors.ts";
import { configMetrics } from "./live-config.ts";
import { selfMetrics } from "./self-samples.ts";

const entries = Object.entries(catalogue) as [MetricName, MetricDefinition][];

describe("the metric catalogue", () => {
  it("has an owner for every metric: one collector, or the exporter itself", () => {
    const owned = [...selfMetrics, ...configMetrics, ...collectors.flatMap(({ metrics }) => metrics)];
    expect(owned.sort()).toEqual([...metricNames].sort());
  });

  it.each(entries)("names %s as Prometheus does", (name, { type, unit, help }) => {
    expect(name).toMatch(/^(pg_cron|jobs|pg_net|jobstack_exporter)_[a-z0-9_]+$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(name.endsWith("_timestamp_seconds")).toBe(unit === "timestamp");
    expect(name.endsWith("_seconds")).toBe(unit === "timestamp" || unit === "seconds");
    expect(name.endsWith("_bytes")).toBe(unit === "bytes");
    expect(name.endsWith("_info")).toBe(unit === "info");
    expect(help).toMatch(/^[A-Z1].*\.$/s);
  });

  it.each(entries)(
    "labels %s with nothing that can hold a secret or grow without bound",
    (_name, { labels }) => {
      const forbidden = [
        "command",
        "return_message",
        "error",
        "url",
        "job_id",
        "runid",
        "environment",
        "project",
      ];
      expect(Object.keys(labels).filter((label) => forbidden.includes(label))).toEqual([]);
      expect(
        Object.keys(labels).filter((label) => !/^[a-z][a-z0-9_]*$/.test(label) || label === "le"),
      ).toEqual([]);
    },
  );

  it("has rising buckets for every histogram", () => {
    for (const [name, definition] of entries) {
      if (definition.type !== "histogram") continue;
      expect(
        [...definition.buckets].sort((a, b) => a - b),
        name,
      ).toEqual([...new Set(definition.buckets)]);
    }
  });
});
