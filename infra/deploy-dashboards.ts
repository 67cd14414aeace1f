import { Provider } from "@pulumiverse/grafana";
import { GrafanaDashboards } from "./components/grafana-dashboards.ts";
import type { Environment } from "./environment.ts";

/** The dashboards in the Grafana that the stack's settings name. */
export function deployDashboards({ url, token, ...choice }: NonNullable<Environment["grafana"]>): void {
  const provider = new Provider("grafana", { url, auth: token });
  new GrafanaDashboards("dashboards", choice, { provider });
}
