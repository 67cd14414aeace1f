import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { annotations } from "./annotations.ts";
import { commonVariables } from "./variables.ts";

export interface Page {
  /** Never changed: links and bookmarks name it. */
  uid: string;
  title: string;
  description: string;
  variables?: readonly Builder<VariableModel>[];
  rows: readonly { title: string; panels: readonly Builder<Panel>[] }[];
}

const tag = "jobstack";

/** A dashboard with the house look: variables, annotations, and links to the others that keep time and variables. */
export function page({ uid, title, description, variables = [], rows }: Page): Dashboard {
  const builder = new DashboardBuilder(`Jobstack / ${title}`)
    .uid(uid)
    .description(description)
    .tags([tag])
    .readonly()
    .timezone("browser")
    .time({ from: "now-3h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...commonVariables, ...variables])
    .annotations(annotations)
    .link(
      new DashboardLinkBuilder("Jobstack")
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .keepTime(true)
        .includeVars(true),
    );
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  return finished(builder.build());
}

/** Grafana tells panels apart by their number. The SDK would hide links and annotations in a menu. */
function finished(dashboard: Dashboard): Dashboard {
  const { panels = [], links = [], annotations: drawn = {} } = dashboard;
  return {
    ...dashboard,
    panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })),
    links: links.map(({ placement, ...link }) => link),
    annotations: { list: drawn.list?.map(({ placement, ...annotation }) => annotation) ?? [] },
  };
}
