import { dashboards } from "./dashboards.ts";
import { panelsOf, targetsOf } from "./lint.ts";

export interface Expression {
  dashboard: string;
  panel: string;
  /** Without Grafana's variables: as if everything was chosen. */
  expr: string;
}

/** All expressions of all panels, as Prometheus can run them; `window` is what one point of a graph stands for. */
export function allExpressions(window: string): Expression[] {
  return dashboards.flatMap((dashboard) =>
    panelsOf(dashboard).flatMap((panel) =>
      targetsOf(panel).map(({ expr }) => ({
        dashboard: dashboard.title ?? "",
        panel: panel.title ?? "",
        expr: expr.replaceAll("$__rate_interval", window).replaceAll(/=~"\$\w+"/g, '=~".+"'),
      })),
    ),
  );
}
