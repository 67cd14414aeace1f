import type { LabelDomain, MetricDefinition } from "./catalogue/metric-definition.ts";
import { catalogue, metricNames } from "./catalogue.ts";

const head = `<!-- DO NOT EDIT: written by \`npm run generate\` from exporter/catalogue.ts. -->
# Metrics

Every series also has the label \`environment\` and, where the exporter has several targets, \`project\`. A value that is not
known has no series, and while the database or a collector fails its series are absent: see
\`jobstack_exporter_collector_success\`.

| metric | type | unit | labels | meaning |
| --- | --- | --- | --- | --- |
`;

/** The reference page of all metrics, from the catalogue. */
export function generateMetricsPage(): { path: string; content: string } {
  const rows = metricNames.map((name) => {
    const { type, unit, labels, help }: MetricDefinition = catalogue[name];
    const names = Object.entries(labels).map(([label, domain]) => labelText(label, domain));
    return `| \`${name}\` | ${type} | ${unit} | ${names.join(", ")} | ${help} |\n`;
  });
  return { path: "docs/metrics.md", content: head + rows.join("") };
}

function labelText(label: string, domain: LabelDomain): string {
  return domain === "any" ? `\`${label}\`` : `\`${label}\` (${domain.join(", ")})`;
}
