/**
 * The entry `jobstack/grafana` of the package. Nothing else imports it before it is needed: whoever deploys no dashboards needs
 * neither `@pulumiverse/grafana` nor its plugin.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { oss } from "@pulumiverse/grafana";
import { packageRoot } from "../package-root.ts";
import { type FirstChoice, openedWith } from "./opened-with.ts";

export interface GrafanaDashboardsArgs extends FirstChoice {
  /** Title of the folder that is made for them. Default: Jobstack. */
  folder?: string | undefined;
}

/** Jobstack's dashboards in a Grafana, in a folder of their own. Its provider is one of `@pulumiverse/grafana`. */
export class GrafanaDashboards extends pulumi.ComponentResource {
  /** Addresses of the dashboards, by their uid. */
  readonly urls: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: GrafanaDashboardsArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("jobstack:component:GrafanaDashboards", name, {}, opts);
    const { folder: title = "Jobstack", ...choice } = args;
    const folder = new oss.Folder(name, { uid: "jobstack", title }, { parent: this });
    const dashboards = readDashboards().map(({ uid, model }) => {
      const settings = { folder: folder.uid, configJson: openedWith(model, choice) };
      return [uid, new oss.Dashboard(uid, settings, { parent: this }).url] as const;
    });
    this.urls = pulumi.output(Object.fromEntries(dashboards));
    this.registerOutputs({ urls: this.urls });
  }
}

/** The files are named by the dashboards' uids. */
function readDashboards(): { uid: string; model: string }[] {
  const folder = path.join(packageRoot, "dashboards/generated");
  return readdirSync(folder)
    .sort()
    .map((file) => ({ uid: path.parse(file).name, model: readFileSync(path.join(folder, file), "utf8") }));
}
