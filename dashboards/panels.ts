import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  MappingType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import { datasource } from "./variables.ts";

export interface Question {
  title: string;
  /** What the answer means and when it is bad. */
  description: string;
  /** Of Grafana, from the SDK's `units`. */
  unit: string;
  /** From here on it is bad: the threshold of an alert. */
  badFrom?: number;
}

export interface Series {
  expr: string;
  /** With labels in braces, "{{queue}}". */
  legend: string;
}

const halfWidth = 12;
const graphHeight = 8;

/** A graph over time. */
export function graph(question: Question, series: readonly Series[]): Builder<Panel> {
  const panel = new TimeseriesPanel()
    .title(question.title)
    .description(question.description)
    .datasource(datasource)
    .unit(question.unit)
    .min(0)
    .span(halfWidth)
    .height(graphHeight)
    .lineWidth(1)
    .fillOpacity(10)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (question.badFrom !== undefined)
    panel
      .thresholds(thresholdsOf(question.badFrom))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  series.forEach(({ expr, legend }, index) => {
    panel.withTarget(query(index).expr(expr).legendFormat(legend).range());
  });
  return panel;
}

/** The newest value, large; `mappings` put words for numbers. Without a threshold nothing is good or bad. */
export function figure(question: Question, series: Series, mappings: ValueMapping[] = []): Builder<Panel> {
  const panel = new StatPanel()
    .title(question.title)
    .description(question.description)
    .datasource(datasource)
    .unit(question.unit)
    .span(4)
    .height(4)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Background)
    .noValue("none")
    .mappings(mappings)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false))
    .withTarget(query(0).expr(series.expr).legendFormat(series.legend).instant());
  const steps =
    question.badFrom === undefined ? new ThresholdsConfigBuilder() : thresholdsOf(question.badFrom);
  return panel.thresholds(steps);
}

/** Whether something that should be there is there. */
export function upOrDown(
  question: Omit<Question, "unit" | "badFrom">,
  series: Series,
  words: { yes: string; no: string } = { yes: "up", no: "down" },
): Builder<Panel> {
  const options = {
    "0": { text: words.no, color: "red", index: 0 },
    "1": { text: words.yes, color: "green", index: 1 },
  };
  return figure({ ...question, unit: "bool" }, series, [{ type: MappingType.ValueToText, options }]);
}

export interface Column {
  title: string;
  expr: string;
  unit: string;
  badFrom?: number;
}

/** One row for each combination of `labels`, one column for each expression; `opens` is a dashboard for one row. */
export function table(
  question: Question,
  labels: readonly string[],
  columns: readonly Column[],
  opens?: { uid: string; label: string; variable: string },
): Builder<Panel> {
  const panel = new TablePanel()
    .title(question.title)
    .description(question.description)
    .datasource(datasource)
    .unit(question.unit)
    .span(24)
    .height(10);
  columns.forEach(({ expr, title, unit, badFrom }, index) => {
    panel.withTarget(query(index).expr(expr).format(PromQueryFormat.Table).instant());
    panel.overrideByName(title, [
      { id: "unit", value: unit },
      ...(badFrom === undefined
        ? []
        : [
            { id: "thresholds", value: thresholdsOf(badFrom).build() },
            { id: "custom.cellOptions", value: { type: "color-background" } },
          ]),
    ]);
  });
  if (opens) panel.overrideByName(opens.label, [{ id: "links", value: [linkTo(opens)] }]);
  return panel.withTransformation({ id: "merge", options: {} }).withTransformation({
    id: "organize",
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(labels.map((label, index) => [label, index])),
      renameByName: Object.fromEntries(columns.map(({ title }, index) => [`Value #${refId(index)}`, title])),
    },
  });
}

function linkTo({ uid, label, variable }: { uid: string; label: string; variable: string }) {
  const url = `/d/${uid}?var-${variable}=\${__data.fields["${label}"]}&\${datasource:queryparam}&\${environment:queryparam}&\${__url_time_range}`;
  return new DashboardLinkBuilder(`Open this ${label}`).type(DashboardLinkType.Link).url(url).build();
}

function query(index: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId(index)).datasource(datasource);
}

function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

function thresholdsOf(badFrom: number): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: "green" },
    { value: badFrom, color: "red" },
  ]);
}
