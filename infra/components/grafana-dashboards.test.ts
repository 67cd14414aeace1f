import { expect, it } from "vitest";
import { dashboards } from "../../dashboards/dashboards.ts";
import { GrafanaDashboards } from "./grafana-dashboards.ts";
import { declare } from "./testing/declare.ts";

it.each([true, false])("declares every dashboard, in one folder (preview: %s)", async (preview) => {
  const declared = await declare(() => {
    new GrafanaDashboards("dashboards", { folder: "Jobs", datasource: "Mimir" });
  }, preview);
  const of = (type: string) => declared.filter((each) => each.type === type);
  expect(of("grafana:oss/folder:Folder").map(({ inputs }) => inputs)).toEqual([
    { uid: "jobstack", title: "Jobs" },
  ]);
  const inputs = of("grafana:oss/dashboard:Dashboard").map(({ inputs }) => inputs);
  const models = inputs.map(({ configJson }) => JSON.parse(String(configJson)));
  expect(models.map(({ uid }) => uid).sort()).toEqual(dashboards.map(({ uid }) => uid).sort());
  expect(models.every(({ templating }) => templating.list[0].current.value === "Mimir")).toBe(true);
  expect(inputs.map(({ folder }) => folder)).toEqual(inputs.map(() => "jobstack"));
});
