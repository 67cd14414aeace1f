import { dashboards } from "./dashboards.ts";

/** The dashboards as Grafana's provisioning reads them; paths are from the root of the project. */
export function generateDashboards(): { path: string; content: string }[] {
  return dashboards.map((dashboard) => ({
    path: `dashboards/generated/${dashboard.uid}.json`,
    content: `${JSON.stringify(dashboard, null, 2)}\n`,
  }));
}
