import { exporterUpOf, type SeriesSelector, seriesOf } from "./series.ts";
import type { Thresholds } from "./thresholds.ts";

/** What the rules of one environment are made from. */
export interface RuleContext {
  environment: string;
  thresholds: Thresholds;
  series: SeriesSelector;
  exporterUp: string;
}

export function ruleContext(environment: string, thresholds: Thresholds): RuleContext {
  return {
    environment,
    thresholds,
    series: seriesOf(environment),
    exporterUp: exporterUpOf(environment),
  };
}
