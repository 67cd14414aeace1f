import * as units from "@grafana/grafana-foundation-sdk/units";
import { page } from "./page.ts";
import { graph, table, upOrDown } from "./panels.ts";
import * as queries from "./queries/exporter.ts";
import { collectorVariable } from "./variables.ts";

const legend = "{{environment}} {{collector}}";

/** The exporter itself: whether what the other dashboards show can be believed. */
export const exporter = page({
  uid: "jobstack-exporter",
  title: "Exporter",
  description: "Whether the exporter works, what it costs, and which of its collectors fail.",
  variables: [collectorVariable],
  rows: [
    {
      title: "Contact",
      panels: [
        upOrDown(
          { title: "Database", description: "Whether the database answered the last collection." },
          { expr: queries.databaseUp, legend: "{{environment}}" },
        ),
      ],
    },
    {
      title: "Collectors",
      panels: [
        table(
          {
            title: "Collectors",
            description:
              "A collector that fails shows no series, rather than old ones. One that is skipped has nothing to observe.",
            unit: units.Short,
          },
          ["environment", "instance", "collector"],
          [
            { title: "Success", expr: queries.success, unit: units.Short },
            { title: "Skipped", expr: queries.skipped, unit: units.Short },
            { title: "Took", expr: queries.duration, unit: units.Seconds },
            { title: "Last success", expr: `${queries.lastSuccess} * 1000`, unit: units.DateTimeFromNow },
            { title: "Samples", expr: queries.samples, unit: units.Short },
            { title: "State saved", expr: queries.saved, unit: units.Short },
          ],
        ),
        graph(
          {
            title: "Duration",
            description: "How long each collector takes in the database.",
            unit: units.Seconds,
          },
          [{ expr: queries.duration, legend }],
        ),
        graph({ title: "Errors", description: "Failed runs of collectors, by reason.", unit: units.Short }, [
          { expr: queries.errors, legend: `${legend} {{reason}}` },
        ]),
        graph(
          {
            title: "Samples left out",
            description:
              "Samples that a collector had beyond what is shown. Anything above zero means that series are missing.",
            unit: units.Short,
            badFrom: 1,
          },
          [{ expr: queries.dropped, legend }],
        ),
        graph(
          {
            title: "Reused results",
            description: "Collections per second that found a collector's last result fresh enough.",
            unit: units.OpsPerSecond,
          },
          [{ expr: queries.reused, legend }],
        ),
      ],
    },
    {
      title: "Process",
      panels: [
        table(
          { title: "Versions", description: "Which exporter and which Node runs where.", unit: units.Short },
          ["environment", "instance", "version", "node"],
          [{ title: "Runs", expr: queries.build, unit: units.Short }],
        ),
        table(
          {
            title: "Configuration",
            description:
              "When the configuration in effect was read, and whether the last reload took it over (1).",
            unit: units.Short,
          },
          ["environment", "instance"],
          [
            { title: "Taken", expr: queries.configTaken, unit: units.Short },
            { title: "Read", expr: `${queries.configReadAt} * 1000`, unit: units.DateTimeFromNow },
          ],
        ),
        graph(
          {
            title: "Scrapes",
            description:
              "Scrapes and collections per second. Scrapes that come in together share a collection.",
            unit: units.RequestsPerSecond,
          },
          [
            { expr: queries.scrapes, legend: "{{environment}} {{instance}} scrapes" },
            { expr: queries.collections, legend: "{{environment}} {{instance}} collections" },
          ],
        ),
        graph(
          {
            title: "Connections",
            description: "Connections to the database. Never more than two.",
            unit: units.Short,
          },
          [{ expr: queries.connections, legend: "{{environment}} {{instance}} {{state}}" }],
        ),
        graph({ title: "Memory", description: "Resident memory of the exporter.", unit: units.BytesIEC }, [
          { expr: queries.memory, legend: "{{environment}} {{instance}}" },
        ]),
        graph(
          {
            title: "CPU",
            description: "Seconds of CPU that the exporter uses per second.",
            unit: units.PercentUnit,
          },
          [{ expr: queries.cpu, legend: "{{environment}} {{instance}}" }],
        ),
        graph(
          {
            title: "Event loop lag, 99th percentile",
            description: "How long the process keeps events waiting. High: it has too much to do.",
            unit: units.Seconds,
          },
          [{ expr: queries.lag, legend: "{{environment}} {{instance}}" }],
        ),
      ],
    },
  ],
});
